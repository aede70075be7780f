/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "procfs.h"

/* How many of its threads may end while they are opened. */
#define TRIES 16

static const struct kernel *const kernel = &kernel_linux;

static int open_maps(int dir)
{
	int fd = kernel->openat(dir, "maps", O_RDONLY);

	return fd == -ENOENT ? -ESRCH : fd;
}

/*
 * The file of a thread without memory opens for everybody, and shows nothing:
 * nobody was judged by it. A thread that has not begun to end had its memory.
 */
static int open_judged(int thread_dir)
{
	struct proc_stat stat;
	int r, fd = open_maps(thread_dir);

	if (fd < 0)
		return fd;
	r = procfs_stat(kernel, thread_dir, &stat);
	if (r == 0 && !stat.ended)
		return fd;
	close(fd);
	return r ? r : -ESRCH;
}

/* The main thread where that lives: it comes first. Each may end while others go on. */
static int open_by_live_thread(int dir)
{
	for (int i = 0; i < TRIES; i++) {
		int thread_dir = procfs_open_live_thread(kernel, dir);
		int r = thread_dir < 0 ? thread_dir : open_judged(thread_dir);

		if (thread_dir >= 0)
			close(thread_dir);
		if (r != -EAGAIN && (thread_dir < 0 || r != -ESRCH))
			return r;
	}
	return -EAGAIN;
}

/*
 * The directory is of one process: what is opened through it belongs to that or
 * fails, however often the pid is given out anew. So one look at the time is enough.
 */
static int open_in(int dir, uint64_t start_time)
{
	struct proc_stat stat;
	int r = procfs_stat(kernel, dir, &stat);

	if (r)
		return r;
	if (stat.start_time != start_time)
		return -ESRCH;
	/* It has no memory ever, and nothing to hide. */
	return stat.kernel_thread ? open_maps(dir) : open_by_live_thread(dir);
}

int proc_maps_open(pid_t pid, uint64_t start_time)
{
	int fd, dir = procfs_open_pid(kernel, pid);

	if (dir < 0)
		return dir;
	fd = open_in(dir, start_time);
	close(dir);
	return fd;
}
