/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only place that talks to the kernel. Everyone else receives the table,
 * so that a test can put a scripted kernel in its place.
 *
 * Every call returns what the system call returns, or a negative errno.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kernel {
	int (*openat)(int dir, const char *path, int flags);
	int (*dup)(int fd); /* close-on-exec */
	int (*close)(int fd);
	ssize_t (*pread)(int fd, void *buffer, size_t size, off_t offset);
	ssize_t (*getdents)(int fd, void *buffer, size_t size);
	int (*ioctl)(int fd, unsigned long request, void *argument);
	int (*on_procfs)(int fd);                   /* 1, 0 or a negative errno */
	int (*same_file)(int fd, const char *path); /* the same */
	uint64_t (*now)(void);                      /* CLOCK_MONOTONIC, ns */
	void (*sleep_until)(uint64_t when);         /* the same clock */
};

extern const struct kernel kernel_linux;

#endif
