/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two descriptors a process. The maps fd pins the address space: it reads that
 * one and no other, whatever the process does, and ends once it has no users.
 * The directory /proc/PID pins the pid: what is opened through it belongs to
 * that process or fails, however often the number is given out anew.
 *
 * That is no exec as long as the maps fd reads to the end, but for one case:
 * another process may keep the old address space alive (vfork, CLONE_VM). The
 * auxiliary vector settles it, which exec writes anew with random addresses.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "procfs.h"
#include "route.h"

/* How often a process may call exec while it is being opened. */
#define OPEN_TRIES 16

int process_fail(struct mapsnap_process *process, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(process->error, sizeof(process->error), format, arguments);
	va_end(arguments);
	return error;
}

static void read_auxv(const struct mapsnap_process *process, struct auxv *auxv)
{
	auxv->length = procfs_read(process->kernel, process->dir_fd, "auxv", auxv->bytes,
				   sizeof(auxv->bytes));
	if (auxv->length == -ESRCH)
		auxv->length = 0;
}

static bool same_auxv(const struct auxv *a, const struct auxv *b)
{
	return a->length == b->length && a->length > 0 &&
	       memcmp(a->bytes, b->bytes, (size_t)a->length) == 0;
}

/*
 * Opens maps and reads the auxiliary vector of the same address space: that
 * is certain only where no exec came between.
 */
static int open_address_space(struct mapsnap_process *process)
{
	struct auxv before;

	read_auxv(process, &process->auxv);
	for (int i = 0; i < OPEN_TRIES; i++) {
		int fd = process->kernel->openat(process->dir_fd, "maps", O_RDONLY);

		if (fd < 0)
			return fd == -ENOENT ? -ESRCH : fd;
		before = process->auxv;
		read_auxv(process, &process->auxv);
		if (before.length == process->auxv.length &&
		    (before.length <= 0 || same_auxv(&before, &process->auxv))) {
			process->maps_fd = fd;
			return process->auxv.length < 0 ? (int)process->auxv.length : 0;
		}
		process->kernel->close(fd);
	}
	return -EAGAIN;
}

/* A thread id opens its process. */
static int open_process_dir(struct mapsnap_process *process)
{
	const struct kernel *kernel = process->kernel;
	int thread_dir = procfs_open_pid(kernel, process->pid);
	pid_t tgid;

	if (thread_dir < 0)
		return thread_dir;
	tgid = procfs_process_of(kernel, thread_dir);
	if (tgid == process->pid) {
		process->dir_fd = thread_dir;
		return 0;
	}
	if (tgid > 0) {
		process->dir_fd = procfs_open_pid(kernel, tgid);
		process->pid = tgid;
		/* The thread is still there, so its process was until now. */
		tgid = procfs_process_of(kernel, thread_dir);
	}
	kernel->close(thread_dir);
	if (tgid < 0)
		return tgid;
	return process->dir_fd < 0 ? process->dir_fd : 0;
}

/* The main thread has ended; the process goes on in another one, or not. */
static int open_through_thread(struct mapsnap_process *process)
{
	const struct kernel *kernel = process->kernel;
	int thread_dir = procfs_open_live_thread(kernel, process->dir_fd);

	if (thread_dir < 0)
		return thread_dir;
	kernel->close(process->dir_fd);
	kernel->close(process->maps_fd);
	process->dir_fd = thread_dir;
	process->maps_fd = -1;
	return open_address_space(process);
}

/* Not by pid: /proc may be that of another pid namespace. */
static bool is_own(const struct mapsnap_process *process)
{
	return process->kernel->same_file(process->maps_fd, "/proc/self/maps") == 1;
}

static int open_parts(struct mapsnap_process *process)
{
	struct proc_stat stat;
	int r = open_process_dir(process);

	if (r == 0)
		r = procfs_stat(process->kernel, process->dir_fd, &stat);
	if (r < 0)
		return r;
	r = open_address_space(process);
	/* What has ended belongs to root, and only maps still opens for everyone. */
	if (r < 0 && !(r == -EACCES && proc_stat_ended(&stat)))
		return r;
	process->own = is_own(process);
	process->start_time = stat.start_time;
	process->kernel_thread = stat.kernel_thread;
	if (stat.kernel_thread || process->auxv.length > 0)
		return 0;
	r = open_through_thread(process);
	return r == 0 && process->auxv.length == 0 ? -ESRCH : r;
}

static struct mapsnap_process *new_process(const struct kernel *kernel)
{
	struct mapsnap_process *process = calloc(1, sizeof(*process));

	if (!process)
		return NULL;
	process->kernel = kernel;
	process->maps_fd = -1;
	process->dir_fd = -1;
	process->opened = kernel->now();
	sequence_ioctl_init(&process->sequence, kernel);
	return process;
}

int process_open_pid(const struct kernel *kernel, pid_t pid, struct mapsnap_process **process)
{
	struct mapsnap_process *p;
	int r;

	if (pid < 1)
		return -EINVAL;
	p = new_process(kernel);
	if (!p)
		return -ENOMEM;
	p->pid = pid;
	r = open_parts(p);
	if (r) {
		process_close(p);
		return r;
	}
	*process = p;
	return 0;
}

int process_open_pidfd(const struct kernel *kernel, int pidfd, struct mapsnap_process **process)
{
	struct mapsnap_process *p;
	pid_t pid = procfs_pid_of_pidfd(kernel, pidfd);
	int r;

	if (pid < 0)
		return pid;
	r = process_open_pid(kernel, pid, &p);
	if (r)
		return r;
	/* The pidfd still means that pid, so it was never another process's. */
	pid = procfs_pid_of_pidfd(kernel, pidfd);
	if (pid < 0) {
		process_close(p);
		return pid;
	}
	*process = p;
	return 0;
}

/* The first page of it is lines of maps: not of smaps, nor of a plain file. */
static int check_maps_fd(const struct mapsnap_process *process)
{
	char text[4096];
	struct mapsnap_mapping m;
	const char *next = text, *end;
	int r = process->kernel->on_procfs(process->maps_fd);
	ssize_t n;

	if (r <= 0)
		return r ? r : -EINVAL;
	n = process->kernel->pread(process->maps_fd, text, sizeof(text), 0);
	if (n < 0)
		return n == -ESPIPE || n == -EISDIR ? -EINVAL : (int)n;
	if (n == 0)
		return -ESRCH;
	end = memrchr(text, '\n', (size_t)n);
	/* A first line longer than this is one of a very deep path. */
	if (!end)
		return n == sizeof(text) ? 0 : -EINVAL;
	while (next && next <= end)
		next = parse_line(next, end + 1, &m);
	return next ? 0 : -EINVAL;
}

int process_open_fd(const struct kernel *kernel, int maps_fd, struct mapsnap_process **process)
{
	struct mapsnap_process *p = new_process(kernel);
	int r;

	if (!p)
		return -ENOMEM;
	p->maps_fd = kernel->dup(maps_fd);
	r = p->maps_fd < 0 ? p->maps_fd : check_maps_fd(p);
	if (r) {
		process_close(p);
		return r;
	}
	p->own = is_own(p);
	*process = p;
	return 0;
}

void process_close(struct mapsnap_process *process)
{
	if (!process)
		return;
	if (process->maps_fd >= 0)
		process->kernel->close(process->maps_fd);
	if (process->dir_fd >= 0)
		process->kernel->close(process->dir_fd);
	free(process);
}

const struct mapsnap_sequence *process_sequence(struct mapsnap_process *process)
{
	if (process->kernel_thread)
		return NULL;
	return sequence_ioctl_get(&process->sequence, process->maps_fd);
}

bool process_can_lock(struct mapsnap_process *process)
{
	if (!process->snapshot_asked)
		process->snapshot_there = route_snapshot_exists(process->kernel, process->maps_fd);
	process->snapshot_asked = true;
	return process->snapshot_there;
}

/* mm_users never rises from 0: what reads now was alive all the time before. */
static int has_users(const struct mapsnap_process *process)
{
	char c;

	return (int)process->kernel->pread(process->maps_fd, &c, 1, 0);
}

int process_replaced(struct mapsnap_process *process)
{
	return process_fail(process, -ESTALE,
			    "it has called exec: its mappings were replaced; open it again");
}

static int went_away(struct mapsnap_process *process, bool has_another)
{
	if (has_another)
		return process_replaced(process);
	if (process->dir_fd < 0)
		return process_fail(process, -ESRCH,
				    "the process has ended or called exec; open it again");
	return process_fail(process, -ESRCH, "the process has ended");
}

/*
 * Without permission: after exec of a setuid program, which is a life sign, or
 * because what has ended belongs to root.
 */
static bool denied(const struct auxv *auxv)
{
	return auxv->length == -EACCES || auxv->length == -EPERM;
}

static int cannot_check(struct mapsnap_process *process, int error)
{
	return process_fail(process, error, "cannot check that it is still the same program: %s",
			    strerrordesc_np(-error));
}

/* 1, 0 or a negative errno. */
static int has_ended(const struct mapsnap_process *process)
{
	struct proc_stat stat;
	int r = procfs_stat(process->kernel, process->dir_fd, &stat);

	if (r)
		return r == -ESRCH ? 1 : r;
	return proc_stat_ended(&stat);
}

int process_gone(struct mapsnap_process *process)
{
	struct auxv now = { 0 };
	int ended;

	if (process->dir_fd >= 0)
		read_auxv(process, &now);
	if (now.length < 0 && !denied(&now))
		return cannot_check(process, (int)now.length);
	ended = denied(&now) ? has_ended(process) : now.length == 0;
	if (ended < 0)
		return cannot_check(process, ended);
	return went_away(process, !ended);
}

int process_check(struct mapsnap_process *process, bool alive)
{
	struct auxv now;
	int r = alive ? 1 : has_users(process);

	if (r == 0)
		return process_gone(process);
	if (r < 0)
		return process_fail(process, r, "cannot check that it is alive: %s",
				    strerrordesc_np(-r));
	if (process->dir_fd < 0)
		return 0;
	read_auxv(process, &now);
	if (now.length < 0 && !denied(&now))
		return cannot_check(process, (int)now.length);
	/*
	 * Where it may no longer be read, or where this thread has ended, the
	 * address space in use is all there is to go by.
	 */
	if (now.length <= 0 || same_auxv(&now, &process->auxv))
		return 0;
	return process_replaced(process);
}
