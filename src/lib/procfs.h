/* SPDX-License-Identifier: BSD-2-Clause */
/* What the small files of /proc/PID say. */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel.h"

struct proc_stat {
	bool ended; /* the thread, waited for or not; or it is about to give up its memory */
	bool kernel_thread;
	bool executed;       /* exec, since it was made by another process */
	int threads;         /* of its process; 0: reaped while this was asked */
	uint64_t start_time; /* clock ticks after boot */
};

/* Opens /proc/PID, or a directory in it, without permission to read it. */
int procfs_open_pid(const struct kernel *kernel, pid_t pid);

/* dir/stat. 0, -ESRCH, or what the kernel said. */
int procfs_stat(const struct kernel *kernel, int dir, struct proc_stat *stat);

/* The process that the thread of dir/status belongs to, or a negative errno. */
pid_t procfs_process_of(const struct kernel *kernel, int dir);

/* The pid that a pidfd means, or a negative errno; -ESRCH once it is reaped. */
pid_t procfs_pid_of_pidfd(const struct kernel *kernel, int pidfd);

/*
 * Opens dir/task/TID of a thread that has not ended. -ESRCH: the process has.
 * -EAGAIN: all that were looked at have, but it may have others by now.
 */
int procfs_open_live_thread(const struct kernel *kernel, int dir);

/* Reads a small file whole; the length, or a negative errno. */
ssize_t procfs_read(const struct kernel *kernel, int dir, const char *name, void *buffer,
		    size_t size);

/* The same for text: ends it with a NUL. 0, -ESRCH where it is empty, or what the kernel said. */
int procfs_text(const struct kernel *kernel, int dir, const char *name, char *buffer, size_t size);

/* The number behind a label, "\nLABEL\t", in a text of labelled lines; or -EBADMSG. */
pid_t procfs_labelled_pid(const char *text, const char *label);

#endif
