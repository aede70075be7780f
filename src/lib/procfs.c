/* SPDX-License-Identifier: BSD-2-Clause */
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_list.h"

/* include/linux/sched.h; told in field 9 of /proc/PID/stat. */
#define PF_EXITING    0x00000004 /* set before the memory is given up */
#define PF_FORKNOEXEC 0x00000040
#define PF_KTHREAD    0x00200000

/* `error`, for what is not in /proc; without /proc nothing is: -ENOENT. */
static int not_in_proc(const struct kernel *kernel, int error)
{
	int fd = kernel->openat(AT_FDCWD, "/proc/self", O_PATH | O_DIRECTORY);

	if (fd < 0)
		return fd;
	kernel->close(fd);
	return error;
}

int procfs_open_pid(const struct kernel *kernel, pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = kernel->openat(AT_FDCWD, path, O_PATH | O_DIRECTORY);
	return fd == -ENOENT ? not_in_proc(kernel, -ESRCH) : fd;
}

ssize_t procfs_read(const struct kernel *kernel, int dir, const char *name, void *buffer,
		    size_t size)
{
	int fd = kernel->openat(dir, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return no_process(fd);
	n = kernel->pread(fd, buffer, size, 0);
	kernel->close(fd);
	return n;
}

int procfs_text(const struct kernel *kernel, int dir, const char *name, char *buffer, size_t size)
{
	ssize_t n = procfs_read(kernel, dir, name, buffer, size - 1);

	if (n < 0)
		return (int)n;
	buffer[n] = '\0';
	return n ? 0 : -ESRCH;
}

int procfs_stat(const struct kernel *kernel, int dir, struct proc_stat *stat)
{
	char text[1024];
	unsigned int flags;
	const char *p;
	char state;
	int r = procfs_text(kernel, dir, "stat", text, sizeof(text));

	if (r)
		return r;
	/* The command in field 2 may hold anything, also ") ". */
	p = strrchr(text, ')');
	if (!p || sscanf(p,
			 ") %c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
			 " %d %*d %" SCNu64,
			 &state, &flags, &stat->threads, &stat->start_time) != 4)
		return -EBADMSG;
	stat->ended = state == 'Z' || state == 'X' || flags & PF_EXITING;
	stat->kernel_thread = flags & PF_KTHREAD;
	stat->executed = !(flags & PF_FORKNOEXEC);
	return 0;
}

pid_t procfs_labelled_pid(const char *text, const char *label)
{
	const char *p = strstr(text, label);

	return p ? (pid_t)strtol(p + strlen(label), NULL, 10) : -EBADMSG;
}

pid_t procfs_process_of(const struct kernel *kernel, int dir)
{
	char text[4096];
	int r = procfs_text(kernel, dir, "status", text, sizeof(text));
	pid_t pid;

	if (r)
		return r;
	pid = procfs_labelled_pid(text, "\nTgid:\t");
	return pid ? pid : -ESRCH; /* 0: it was reaped while this was printed */
}

pid_t procfs_pid_of_pidfd(const struct kernel *kernel, int pidfd)
{
	char path[48], text[1024];
	pid_t pid;
	int r;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	r = procfs_text(kernel, AT_FDCWD, path, text, sizeof(text));
	if (r)
		return r == -ESRCH ? not_in_proc(kernel, -EBADF) : r;
	pid = procfs_labelled_pid(text, "\nPid:\t");
	if (pid == -EBADMSG)
		return -EBADF; /* open, but no pidfd */
	return pid > 0 ? pid : -ESRCH;
}

/* The thread's directory, or -ESRCH once it has ended. */
static int open_if_live(const struct kernel *kernel, int task_dir, const char *tid)
{
	struct proc_stat stat;
	int fd = kernel->openat(task_dir, tid, O_PATH | O_DIRECTORY);
	int r;

	if (fd < 0)
		return no_process(fd);
	r = procfs_stat(kernel, fd, &stat);
	if (r == 0 && !stat.ended)
		return fd;
	kernel->close(fd);
	return r ? r : -ESRCH;
}

/* The first in the list that has not ended; or -ESRCH. */
static int first_live(struct proc_list *list)
{
	const char *tid;
	int r, fd = -ESRCH;

	while (fd == -ESRCH) {
		r = proc_list_next(list, &tid);
		if (r <= 0)
			return r ? r : -ESRCH;
		fd = open_if_live(list->kernel, list->fd, tid);
	}
	return fd;
}

/*
 * None lives: -ESRCH where the main thread is the only one, or where not even
 * its files are left; otherwise -EAGAIN. While a thread calls exec it takes the
 * main one's number: a list read meanwhile may lack it, and a file looked up
 * meanwhile may be that of the thread that had the number before.
 */
static int none_lives(const struct kernel *kernel, int dir, bool listed)
{
	struct proc_stat stat;
	int r = procfs_stat(kernel, dir, &stat);

	if (r == -ESRCH)
		return listed ? -EAGAIN : -ESRCH;
	if (r)
		return r;
	return stat.ended && stat.threads == 1 ? -ESRCH : -EAGAIN;
}

int procfs_open_live_thread(const struct kernel *kernel, int dir)
{
	struct proc_list list;
	int fd, r = proc_list_open(&list, kernel, dir, "task");

	if (r)
		return r == -ESRCH ? none_lives(kernel, dir, false) : r;
	fd = first_live(&list);
	proc_list_close(&list);
	return fd == -ESRCH ? none_lives(kernel, dir, true) : fd;
}
