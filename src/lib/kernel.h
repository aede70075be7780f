/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only place that talks to the kernel. Everyone else receives the table,
 * so that a test can put a scripted kernel in its place.
 *
 * Every call returns what the system call returns, or a negative errno.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a file is, by which it can be told from others while it is open. */
struct kernel_file {
	uint64_t inode;
	uint32_t device_major;
	uint32_t device_minor;
	bool regular;
	bool device_varies; /* its file system tells another device here than in maps */
};

struct kernel {
	int (*openat)(int dir, const char *path, int flags);
	int (*dup)(int fd); /* close-on-exec */
	int (*close)(int fd);
	ssize_t (*pread)(int fd, void *buffer, size_t size, off_t offset);
	ssize_t (*readlink)(int dir, const char *path, char *buffer, size_t size);
	ssize_t (*getdents)(int fd, void *buffer, size_t size);
	int (*ioctl)(int fd, unsigned long request, void *argument);
	int (*file)(int fd, struct kernel_file *file);
	int (*on_procfs)(int fd);                   /* 1, 0 or a negative errno */
	int (*same_file)(int fd, const char *path); /* the same */
	uint64_t (*now)(void);                      /* CLOCK_MONOTONIC, ns */
	void (*sleep_until)(uint64_t when);         /* the same clock */
	int (*inode)(const char *path, uint64_t *inode);
	/*
	 * Of a thread by its number, ptrace(2) and what goes with it. Whoever seized
	 * it, itself a thread, has to make the other calls.
	 */
	int (*ptrace)(int request, pid_t tid, void *data);
	int (*reap)(pid_t tid);           /* 1: it had ended; 0: not yet; -ECHILD: no longer ours */
	int (*same_memory)(pid_t, pid_t); /* 1, 0 or a negative errno */
	/*
	 * Does the work in a thread of its own, where no signal is handled, and waits
	 * for its end. The end of that thread, whatever brings it about, lets go of
	 * all that it has seized. -ETIMEDOUT: it hung in PTRACE_SEIZE after that time
	 * and was ended there.
	 */
	int (*work_apart)(void (*work)(void *), void *argument, uint64_t until);
};

extern const struct kernel kernel_linux;

#endif
