/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kcmp(2) tells whether two processes have the same memory, to whoever may read
 * both. All of them are to be seen only in the initial pid namespace: from
 * another one a process may have its memory from outside.
 */
#include "sharers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "proc_list.h"
#include "procfs.h"

/* Of the initial pid namespace, for ever: PROC_PID_INIT_INO. */
#define INITIAL_NAMESPACE 0xEFFFFFFCu

/* There the first process, and that of which all kernel threads are children. */
#define INIT     1
#define KTHREADD 2

static bool in_initial_namespace(const struct kernel *kernel)
{
	uint64_t inode;

	return kernel->inode("/proc/self/ns/pid", &inode) == 0 && inode == INITIAL_NAMESPACE;
}

/*
 * kcmp is refused. Kernel threads change no mappings all the same, and of two
 * processes that each called exec since they were made, each has memory of its
 * own.
 */
static void note_refusal(struct sharers *s)
{
	struct proc_stat stat;
	int r = procfs_stat(s->freeze->kernel, s->dir, &stat);

	if (r == 0)
		s->refused |= !stat.kernel_thread && !(s->executed && stat.executed);
	else
		s->refused |= r != -ESRCH;
}

/*
 * Whether one of its threads has the memory: 1, 0 or a negative errno. One that
 * ends may cut the list short.
 */
static int thread_shares(struct sharers *s)
{
	const struct kernel *kernel = s->freeze->kernel;
	const char *tid;
	int same = 0, r = proc_list_open(&s->threads, kernel, s->dir, "task");

	if (r)
		return r;
	while (same <= 0 && (r = proc_list_next(&s->threads, &tid)) > 0) {
		same = kernel->same_memory(s->frozen, (pid_t)strtol(tid, NULL, 10));
		if (same == -ESRCH)
			s->fresh++;
		else if (same < 0)
			note_refusal(s);
	}
	proc_list_close(&s->threads);
	return r;
}

/* A kernel thread that borrows the memory for a while can't be stopped, and need not be. */
static int freeze_sharer(struct sharers *s, pid_t pid)
{
	const struct kernel *kernel = s->freeze->kernel;
	struct proc_stat stat;
	int r;

	if (kernel->same_file(s->dir, "/proc/self") == 1)
		return -EINVAL;
	r = procfs_stat(kernel, s->dir, &stat);
	if (r == 0 && stat.kernel_thread)
		return DONE;
	s->fresh++;
	return r ? r : freeze_process(s->freeze, pid, s->dir);
}

/* What there is to do about one for which kcmp said this. */
static int judge(struct sharers *s, pid_t pid, int same)
{
	if (same < 0) {
		note_refusal(s);
		return DONE;
	}
	/* Its main thread has no memory: none of them may, or all but that one. */
	if (same == 0)
		same = thread_shares(s);
	return same > 0 ? freeze_sharer(s, pid) : same;
}

/* kthreadd has no memory, and stands for whatever has none. */
static bool has_none(const struct sharers *s, pid_t pid)
{
	return s->freeze->kernel->same_memory(KTHREADD, pid) != 0;
}

static void close_dir(struct sharers *s)
{
	if (s->dir >= 0)
		s->freeze->kernel->close(s->dir);
	s->dir = -1;
}

static int look_at(struct sharers *s, pid_t pid)
{
	const struct kernel *kernel = s->freeze->kernel;
	int r = kernel->same_memory(s->frozen, pid);

	if (r == -ESRCH || (r == 0 && !has_none(s, pid)))
		return DONE;
	s->dir = procfs_open_pid(kernel, pid);
	r = s->dir < 0 ? s->dir : judge(s, pid, r);
	close_dir(s);
	return r == -ESRCH ? DONE : r;
}

static int look_at_listed(struct sharers *s)
{
	const char *name;
	int r;

	while ((r = proc_list_next(&s->processes, &name)) > 0) {
		pid_t pid = (pid_t)strtol(name, NULL, 10);

		s->saw_init |= pid == INIT;
		if (freeze_knows(s->freeze, pid))
			continue;
		r = look_at(s, pid);
		if (r)
			return r;
	}
	return r;
}

/*
 * Numbers are given out and listed in ascending order, so that one which is made
 * while a list is read, by one that it has not come to yet, is still to come.
 */
static int look_at_all(struct sharers *s)
{
	int r = proc_list_open(&s->processes, s->freeze->kernel, AT_FDCWD, "/proc");

	if (r)
		return r;
	s->fresh = 0;
	r = look_at_listed(s);
	proc_list_close(&s->processes);
	return r;
}

static int search_all(struct sharers *s)
{
	const struct freeze *freeze = s->freeze;
	int r;

	do
		r = look_at_all(s);
	while (r == DONE && s->fresh && freeze->kernel->now() <= freeze->limit);
	return r == DONE && s->fresh ? CHANGED : r;
}

/* Who may not see others' processes (hidepid of proc(5)) does not see the first. */
int sharers_freeze(struct sharers *s, int dir, bool *known)
{
	const struct kernel *kernel = s->freeze->kernel;
	struct proc_stat stat;
	int r;

	s->frozen = freeze_any(s->freeze);
	*known = s->frozen == 0;
	if (*known || !in_initial_namespace(kernel))
		return DONE;
	r = procfs_stat(kernel, dir, &stat);
	if (r)
		return r;
	s->executed = stat.executed;
	s->refused = false;
	r = search_all(s);
	*known = r == DONE && s->saw_init && !s->refused;
	return r;
}

void sharers_init(struct sharers *s, struct freeze *freeze)
{
	*s = (struct sharers){ .freeze = freeze, .processes.fd = -1, .threads.fd = -1, .dir = -1 };
}

void sharers_free(struct sharers *s)
{
	proc_list_close(&s->processes);
	proc_list_close(&s->threads);
	close_dir(s);
}
