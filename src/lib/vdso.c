/* SPDX-License-Identifier: BSD-2-Clause */
/* The image that the kernel maps into each process, which is in no file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "process.h"
#include "recheck.h"

static const struct mapsnap_mapping *find_vdso(const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;

	do
		m = mapsnap_walk_next(&walk);
	while (m && m->kind != MAPSNAP_KIND_VDSO);
	return m;
}

/* What is not there can't be read: -EIO. */
static int read_all(const struct kernel *kernel, int fd, uint64_t from, char *buffer, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = kernel->pread(fd, buffer + done, size - done, (off_t)(from + done));

		if (n <= 0)
			return n ? (int)n : -EIO;
		done += (size_t)n;
	}
	return 0;
}

/* That file has the address space which the thread has when it is opened. */
static int copy_memory(struct mapsnap_process *process, uint64_t from, char *buffer, size_t size)
{
	const struct kernel *kernel = process->kernel;
	int thread_dir = process_thread_dir(process);
	int fd, r;

	if (thread_dir < 0)
		return thread_dir;
	fd = kernel->openat(thread_dir, "mem", O_RDONLY);
	process_leave_thread(process, thread_dir);
	if (fd < 0)
		return fd;
	r = read_all(kernel, fd, from, buffer, size);
	kernel->close(fd);
	return r;
}

/* What went wrong because it is no longer there: that comes first. */
static int copy_vdso(struct mapsnap_process *process, const struct mapsnap *snapshot,
		     const struct mapsnap_mapping *vdso, void *buffer)
{
	int said = copy_memory(process, vdso->start, buffer, vdso->end - vdso->start);
	int r = recheck(process, snapshot, vdso, true);

	if (r || said == 0)
		return r;
	return process_fail(process, said, "its memory can't be read: %s", strerrordesc_np(-said));
}

int mapsnap_vdso(struct mapsnap_process *process, const struct mapsnap *snapshot, void *buffer,
		 size_t size, size_t *length)
{
	const struct mapsnap_mapping *vdso = find_vdso(snapshot);
	int r;

	if (process->dir_fd < 0)
		return process_fail(process, -EOPNOTSUPP,
				    "a maps file leads to no memory: open the process by its pid");
	if (!vdso)
		return process_fail(process, -ENODATA, "the snapshot has no [vdso]");
	if (vdso->end - vdso->start > size) {
		*length = vdso->end - vdso->start;
		return process_fail(process, -ENOSPC, "the image of [vdso] takes %zu bytes",
				    *length);
	}
	r = copy_vdso(process, snapshot, vdso, buffer);
	if (r == 0)
		*length = vdso->end - vdso->start;
	return r;
}
