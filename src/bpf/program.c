/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEXT(name)           #name
#define TEXT_OF(macro)       TEXT(macro)
#define SIZE_OF_MEMBER(t, m) sizeof(((t *)NULL)->m)

static int bpf(int command, union bpf_attr *attributes, size_t size)
{
	return syscall(__NR_bpf, command, attributes, size) < 0 ? -errno : 0;
}

int program_check(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attributes = {
		.info = {
			.bpf_fd = (uint32_t)fd,
			.info_len = sizeof(info),
			.info = (uintptr_t)&info,
		},
	};
	int r = bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes, SIZE_OF_MEMBER(union bpf_attr, info));

	if (r)
		return r == -EBADFD ? -EBADF : r;
	if (info.type != BPF_PROG_TYPE_SYSCALL || strcmp(info.name, TEXT_OF(REQUEST_PROGRAM)) != 0)
		return -EINVAL;
	return 0;
}

int program_run(int fd, struct request *request)
{
	union bpf_attr attributes = {
		.test = {
			.prog_fd = (uint32_t)fd,
			.ctx_in = (uintptr_t)request,
			.ctx_size_in = sizeof(*request),
		},
	};
	int r = bpf(BPF_PROG_TEST_RUN, &attributes, SIZE_OF_MEMBER(union bpf_attr, test));

	return r ? r : (int)attributes.test.retval;
}
