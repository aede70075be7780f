/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The skeleton is bpftool's light one: a small program that has the kernel
 * itself fit the other one to its types. So there is no library that reads
 * all of the kernel's BTF first, and none that prints.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"
#include "reason.h"
#include "sequence.skel.h"

static int freeze(int map_fd)
{
	union bpf_attr attributes = { .map_fd = (uint32_t)map_fd };
	size_t size = sizeof(attributes.map_fd); /* this command has nothing else */

	return syscall(__NR_bpf, BPF_MAP_FREEZE, &attributes, size) ? -errno : 0;
}

/* Shows the program what a maps file is. Nothing can show it anything else afterwards. */
static int teach(const struct sequence_bpf *object)
{
	struct request request = { .count = 1 };
	int maps_fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	int r;

	if (maps_fd < 0)
		return -errno;
	request.entries[0].fd = maps_fd;
	r = program_run(object->progs.mapsnap_learn.prog_fd, &request);
	close(maps_fd);
	return r ? r : freeze(object->maps.learned.map_fd);
}

/* The program outlives the object with which it was loaded. */
static int load_and_keep(struct sequence_bpf *object)
{
	int r = sequence_bpf__load(object);
	int fd;

	if (r == 0)
		r = teach(object);
	if (r)
		return r;
	fd = fcntl(object->progs.REQUEST_PROGRAM.prog_fd, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? -errno : fd;
}

static int load(void)
{
	struct sequence_bpf *object = sequence_bpf__open();
	int r;

	if (!object)
		return -ENOMEM;
	r = load_and_keep(object);
	sequence_bpf__destroy(object);
	return r;
}

int program_load(void)
{
	int r = load();

	return r < 0 ? reason_for(r) : r;
}
