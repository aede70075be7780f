/* SPDX-License-Identifier: BSD-2-Clause */
/* What the small files of /proc/PID say. */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel.h"

struct proc_stat {
	char state; /* 'Z': zombie */
	bool kernel_thread;
	uint64_t start_time; /* clock ticks after boot */
};

/* The thread has ended, waited for or not. */
static inline bool proc_stat_ended(const struct proc_stat *stat)
{
	return stat->state == 'Z' || stat->state == 'X';
}

/* Opens /proc/PID, or a directory in it, without permission to read it. */
int procfs_open_pid(const struct kernel *kernel, pid_t pid);

/* dir/stat. 0, -ESRCH, or what the kernel said. */
int procfs_stat(const struct kernel *kernel, int dir, struct proc_stat *stat);

/* The process that the thread of dir/status belongs to, or a negative errno. */
pid_t procfs_process_of(const struct kernel *kernel, int dir);

/* The pid that a pidfd means, or a negative errno; -ESRCH once it is reaped. */
pid_t procfs_pid_of_pidfd(const struct kernel *kernel, int pidfd);

/* Opens dir/task/TID of a thread that has not ended, or returns -ESRCH. */
int procfs_open_live_thread(const struct kernel *kernel, int dir);

/* Reads a small file whole; the length, or a negative errno. */
ssize_t procfs_read(const struct kernel *kernel, int dir, const char *name, void *buffer,
		    size_t size);

#endif
