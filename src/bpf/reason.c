/* SPDX-License-Identifier: BSD-2-Clause */
#include "reason.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mapsnap-bpf.h"

/* What the kernel says where it has no compiler; in no header for user space. */
#define KERNEL_ENOTSUPP 524

/* With its NUL: a whole name among the names of types and fields. */
static const char counter[] = "mm_lock_seq";

struct types {
	char *bytes;
	size_t size;
};

static int read_all(int fd, struct types *types)
{
	struct stat status;
	ssize_t n;

	if (fstat(fd, &status))
		return -errno;
	types->bytes = malloc((size_t)status.st_size);
	if (!types->bytes)
		return -ENOMEM;
	do {
		n = read(fd, types->bytes + types->size, (size_t)status.st_size - types->size);
		types->size += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	return n < 0 ? -errno : 0;
}

/* 1, 0 or a negative errno. */
static int kernel_counts(void)
{
	struct types types = { 0 };
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = read_all(fd, &types);
	close(fd);
	if (r == 0 && types.bytes)
		r = memmem(types.bytes, types.size, counter, sizeof(counter)) != NULL;
	free(types.bytes);
	return r;
}

/* Those of a user namespace look the same, but don't count. */
static bool capable(void)
{
	const uint64_t both = 1ull << CAP_BPF | 1ull << CAP_PERFMON;
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t effective;

	syscall(__NR_capget, &header, data);
	effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	return (effective & both) == both || effective & 1ull << CAP_SYS_ADMIN;
}

/* Where that can't be read, it is taken for no. */
static bool locked_down(void)
{
	int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	char modes[64] = "";

	if (fd < 0)
		return false;
	if (read(fd, modes, sizeof(modes) - 1) < 0)
		modes[0] = 0;
	close(fd);
	return strstr(modes, "[confidentiality]");
}

int reason_for(int error)
{
	int counts;

	if (error == -ENOMEM || error == -EMFILE || error == -ENFILE)
		return error;
	counts = kernel_counts();
	if (counts == 0)
		return -EOPNOTSUPP;
	if (!capable())
		return -EPERM;
	if (counts < 0)
		return counts == -ENOMEM ? counts : -ENODATA;
	if (locked_down())
		return -EACCES;
	if (error == -KERNEL_ENOTSUPP)
		return -ENOSYS;
	if (error == -EPERM || error == -ENOSYS || error == -ENOENT)
		return error;
	return -EPROTO;
}

const char *mapsnap_bpf_reason(int error)
{
	switch (error) {
	case 0:
		return "available";
	case -EPERM:
		return "bpf(2) is not permitted; loading the program takes CAP_BPF and "
		       "CAP_PERFMON, or a process that has them and hands it over";
	case -EOPNOTSUPP:
		return "this kernel does not count the changes of a memory map; Linux 6.4 and "
		       "later do, where built with CONFIG_PER_VMA_LOCK";
	case -ENODATA:
		return "there is no /sys/kernel/btf/vmlinux; the kernel must be built with "
		       "CONFIG_DEBUG_INFO_BTF, and /sys be mounted";
	case -EACCES:
		return "this kernel is locked down so that no program may read its memory; boot it "
		       "with lockdown=integrity or none";
	case -ENOSYS:
		return "this kernel has no eBPF or runs it without its compiler; it must be built "
		       "with CONFIG_BPF_SYSCALL, and net.core.bpf_jit_enable be 1";
	case -ENOENT:
		return "/proc is not mounted";
	case -EPROTO:
		return "this kernel's types or rules for programs are not those that this version "
		       "knows; a newer mapsnap may";
	case -EBUSY:
		return "other threads share the open files of this one; without CAP_BPF and "
		       "CAP_PERFMON that takes a thread of its own after unshare(CLONE_FILES)";
	case -EINVAL:
		return "the file descriptor is not the program of this version of mapsnap";
	default:
		return "the program can't be loaded for want of memory or file descriptors";
	}
}
