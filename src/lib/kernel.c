/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

static long result(long r)
{
	return r < 0 ? -errno : r;
}

/* Some file systems can be interrupted in it. */
static int linux_openat(int dir, const char *path, int flags)
{
	int fd;

	do
		fd = openat(dir, path, flags | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return (int)result(fd);
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

static ssize_t linux_readlink(int dir, const char *path, char *buffer, size_t size)
{
	return result(readlinkat(dir, path, buffer, size));
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

/* They have a device for each subvolume or layer; maps has that of the whole. */
static bool device_varies(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == BTRFS_SUPER_MAGIC || fs.f_type == OVERLAYFS_SUPER_MAGIC);
}

static int linux_file(int fd, struct kernel_file *file)
{
	struct stat s;

	if (fstat(fd, &s) < 0)
		return -errno;
	*file = (struct kernel_file){
		.inode = s.st_ino,
		.device_major = major(s.st_dev),
		.device_minor = minor(s.st_dev),
		.regular = S_ISREG(s.st_mode),
		.device_varies = device_varies(fd),
	};
	return 0;
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

static int linux_inode(const char *path, uint64_t *inode)
{
	struct stat s;

	if (stat(path, &s) < 0)
		return -errno;
	*inode = s.st_ino;
	return 0;
}

/* Signals must not use up the attempts faster. */
static void linux_sleep_until(uint64_t when)
{
	struct timespec t = timespec_of(when);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/*
 * A process that is in the middle of exec can't be seized before that is over,
 * and exec waits for the end of its other threads, which can wait for their
 * tracer in turn. There is no way out of it but for the tracer to end: this is
 * the one place where work_apart() may end its thread.
 */
static long seize(pid_t tid)
{
	long r;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	r = ptrace(PTRACE_SEIZE, tid, NULL, NULL);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	return r;
}

static int linux_ptrace(int request, pid_t tid, void *data)
{
	if (request == PTRACE_SEIZE)
		return (int)result(seize(tid));
	return (int)result(ptrace(request, tid, NULL, data));
}

/* Of that one only, and of nothing but its end: no other event is taken from anybody. */
static int linux_reap(pid_t tid)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)tid, &info, WEXITED | WNOHANG | __WALL | __WNOTHREAD) < 0)
		return -errno;
	return info.si_pid != 0;
}

static int linux_same_memory(pid_t a, pid_t b)
{
	long r = syscall(SYS_kcmp, a, b, KCMP_VM, 0, 0);

	return r < 0 ? -errno : r == 0;
}

struct work {
	void (*work)(void *);
	void *argument;
	pid_t tid;
};

/* Its waits are short: 50 us more, by which the kernel puts timers together, would be felt. */
static void *do_work(void *argument)
{
	struct work *work = argument;

	work->tid = gettid();
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	/* Where seize() allows it there is nothing but a system call, which is no place to ask. */
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL); /* NOLINT(cert-pos47-c) */
	prctl(PR_SET_TIMERSLACK, 1ul);
	work->work(work->argument);
	return NULL;
}

static int start(pthread_t *thread, struct work *work)
{
	pthread_attr_t attributes;
	sigset_t all;
	int error = pthread_attr_init(&attributes);

	if (error)
		return -error;
	sigfillset(&all);
	error = pthread_attr_setsigmask_np(&attributes, &all);
	if (error == 0)
		error = pthread_create(thread, &attributes, do_work, work);
	pthread_attr_destroy(&attributes);
	return -error;
}

static int wait_for(pthread_t thread, uint64_t until)
{
	struct timespec t = timespec_of(until);
	void *ended = NULL;

	if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &t) == 0)
		return 0;
	pthread_cancel(thread);
	pthread_join(thread, &ended);
	return ended == PTHREAD_CANCELED ? -ETIMEDOUT : 0;
}

/*
 * Who joins a thread is told of its end before the kernel lets go of what it
 * traced; but its number is in use until after that.
 */
static void wait_until_gone(pid_t tid)
{
	const struct timespec moment = { .tv_nsec = 10000 };

	while (tid && tgkill(getpid(), tid, 0) == 0)
		nanosleep(&moment, NULL);
}

/* The work refers to the caller's stack: that must not go away by a cancellation. */
static int linux_work_apart(void (*work)(void *), void *argument, uint64_t until)
{
	struct work w = { .work = work, .argument = argument };
	pthread_t thread = 0;
	int r, before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	r = start(&thread, &w);
	if (r == 0)
		r = wait_for(thread, until);
	wait_until_gone(w.tid);
	pthread_setcancelstate(before, NULL);
	return r;
}

const struct kernel kernel_linux = {
	.openat = linux_openat,
	.dup = linux_dup,
	.close = linux_close,
	.pread = linux_pread,
	.readlink = linux_readlink,
	.getdents = linux_getdents,
	.ioctl = linux_ioctl,
	.file = linux_file,
	.on_procfs = linux_on_procfs,
	.same_file = linux_same_file,
	.now = now_ns,
	.sleep_until = linux_sleep_until,
	.inode = linux_inode,
	.ptrace = linux_ptrace,
	.reap = linux_reap,
	.same_memory = linux_same_memory,
	.work_apart = linux_work_apart,
};
