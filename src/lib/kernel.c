/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long result(long r)
{
	return r < 0 ? -errno : r;
}

static int linux_openat(int dir, const char *path, int flags)
{
	return (int)result(openat(dir, path, flags | O_CLOEXEC));
}

static int linux_dup(int fd)
{
	return (int)result(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

static int linux_close(int fd)
{
	return (int)result(close(fd));
}

/* A signal handler without SA_RESTART is no reason to lose a read. */
static ssize_t linux_pread(int fd, void *buffer, size_t size, off_t offset)
{
	ssize_t r;

	do
		r = pread(fd, buffer, size, offset);
	while (r < 0 && errno == EINTR);
	return result(r);
}

static ssize_t linux_getdents(int fd, void *buffer, size_t size)
{
	return result(syscall(SYS_getdents64, fd, buffer, size));
}

static int linux_ioctl(int fd, unsigned long request, void *argument)
{
	int r;

	do
		r = ioctl(fd, request, argument);
	while (r < 0 && errno == EINTR);
	return (int)result(r);
}

static int linux_on_procfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) < 0 ? -errno : fs.f_type == PROC_SUPER_MAGIC;
}

static int linux_same_file(int fd, const char *path)
{
	struct stat a, b;

	if (fstat(fd, &a) < 0 || stat(path, &b) < 0)
		return -errno;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static uint64_t linux_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Signals must not use up the attempts faster. */
static void linux_sleep_until(uint64_t when)
{
	struct timespec t = {
		.tv_sec = (time_t)(when / 1000000000u),
		.tv_nsec = (long)(when % 1000000000u),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

const struct kernel kernel_linux = {
	.openat = linux_openat,
	.dup = linux_dup,
	.close = linux_close,
	.pread = linux_pread,
	.getdents = linux_getdents,
	.ioctl = linux_ioctl,
	.on_procfs = linux_on_procfs,
	.same_file = linux_same_file,
	.now = linux_now,
	.sleep_until = linux_sleep_until,
};
