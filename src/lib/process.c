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
 * Any thread tells it: the main one may end before the others.
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

static int open_maps(struct mapsnap_process *process, int thread_dir)
{
	int fd = process->kernel->openat(thread_dir, "maps", O_RDONLY);

	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	process->maps_fd = fd;
	return 0;
}

/*
 * By the thread that the auxiliary vector was read of: maps is of the same
 * address space where that has it still. -ESTALE: it called exec.
 */
static int open_same(struct mapsnap_process *process, int thread_dir)
{
	struct auxv after;
	int r = open_maps(process, thread_dir);

	if (r)
		return r;
	r = auxv_read(process->kernel, thread_dir, &after);
	if (r == 0 && !auxv_same(&after, &process->auxv))
		r = -ESTALE;
	if (r) {
		process->kernel->close(process->maps_fd);
		process->maps_fd = -1;
	}
	return r;
}

/* Exec may come between, and each thread may end while others go on. */
static int open_address_space(struct mapsnap_process *process)
{
	const struct kernel *kernel = process->kernel;

	for (int i = 0; i < OPEN_TRIES; i++) {
		int thread_dir = auxv_find(kernel, process->dir_fd, &process->auxv);
		int r = thread_dir < 0 ? thread_dir : open_same(process, thread_dir);

		auxv_leave(kernel, process->dir_fd, thread_dir);
		if (thread_dir < 0 || (r != -ESTALE && r != -ESRCH))
			return r;
	}
	return -EAGAIN;
}

/* Not by pid: /proc may be that of another pid namespace. */
static bool is_own(const struct mapsnap_process *process, int fd, const char *own)
{
	return process->kernel->same_file(fd, own) == 1;
}

static int open_parts(struct mapsnap_process *process)
{
	struct proc_stat stat;
	int r = open_process_dir(process);

	if (r == 0)
		r = procfs_stat(process->kernel, process->dir_fd, &stat);
	if (r < 0)
		return r;
	process->start_time = stat.start_time;
	process->kernel_thread = stat.kernel_thread;
	r = stat.kernel_thread ? open_maps(process, process->dir_fd) : open_address_space(process);
	if (r < 0)
		return r;
	process->own = is_own(process, process->dir_fd, "/proc/self");
	return 0;
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
	p->own = is_own(p, p->maps_fd, "/proc/self/maps");
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

void process_want_log(struct mapsnap_process *process)
{
	if (process->log == LOG_NOT_ASKED)
		process->log = LOG_ASKED;
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

static int cannot_check(struct mapsnap_process *process, int error)
{
	return process_fail(process, error, "cannot check that it is still the same program: %s",
			    strerrordesc_np(-error));
}

/* The program that it runs now: 0, -ESRCH where it has ended, or what the kernel said. */
static int ask_program(const struct mapsnap_process *process, struct auxv *now)
{
	int thread_dir = auxv_find(process->kernel, process->dir_fd, now);

	auxv_leave(process->kernel, process->dir_fd, thread_dir);
	return thread_dir < 0 ? thread_dir : 0;
}

int process_gone(struct mapsnap_process *process)
{
	struct auxv now;
	int r = process->dir_fd < 0 ? -ESRCH : ask_program(process, &now);

	if (r && r != -ESRCH && !auxv_denied(r))
		return cannot_check(process, r);
	return went_away(process, r != -ESRCH);
}

int process_check(struct mapsnap_process *process, bool alive)
{
	struct auxv now;
	int r = alive ? 1 : has_users(process);

	/* While a thread calls exec nobody may have its number for a moment. */
	if (r == 0 || r == -ESRCH)
		return process_gone(process);
	if (r < 0)
		return process_fail(process, r, "cannot check that it is alive: %s",
				    strerrordesc_np(-r));
	if (process->dir_fd < 0)
		return 0;
	r = ask_program(process, &now);
	/* Where it may no longer be asked, the address space in use is all there is to go by. */
	if (auxv_denied(r))
		return 0;
	if (r == -ESRCH)
		return went_away(process, false);
	if (r)
		return cannot_check(process, r);
	return auxv_same(&now, &process->auxv) ? 0 : process_replaced(process);
}

int process_thread_dir(struct mapsnap_process *process)
{
	struct auxv now;
	int thread_dir = auxv_find(process->kernel, process->dir_fd, &now);

	if (thread_dir < 0 || auxv_same(&now, &process->auxv))
		return thread_dir;
	auxv_leave(process->kernel, process->dir_fd, thread_dir);
	return -ESTALE;
}

void process_leave_thread(struct mapsnap_process *process, int thread_dir)
{
	auxv_leave(process->kernel, process->dir_fd, thread_dir);
}
