/* SPDX-License-Identifier: BSD-2-Clause */
/* Other processes and threads: children that copy the address space, and those that share it. */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

#define STACK 65536

static char stack[STACK] __attribute__((aligned(16)));

static int ended(pid_t pid)
{
	return outcome(waitpid(pid, NULL, __WALL));
}

static int fork_once(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return ended(pid);
}

static int fork_often(void)
{
	int r = 0;

	for (unsigned int i = 0; i < 100 && r == 0; i++)
		r = fork_once();
	return r;
}

static int fork_and_change_the_copy(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(munmap(scene->at, PAGE));
	return ended(pid);
}

static int end(void *unused)
{
	(void)unused;
	return 0;
}

static int unmap_page(void *unused)
{
	(void)unused;
	return munmap(scene->at, PAGE);
}

static int share_with(int (*body)(void *), int flags)
{
	return ended(clone(body, stack + STACK, flags | SIGCHLD, NULL));
}

static int vfork_once(void)
{
	return share_with(end, CLONE_VM | CLONE_VFORK);
}

static int change_by_sharer(void)
{
	return share_with(unmap_page, CLONE_VM);
}

/* The kernel clears the thread's number once it is gone. */
static int start_thread(void)
{
	static volatile pid_t number;

	if (clone(end, stack + STACK,
		  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
			  CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
		  NULL, &number, NULL, &number) < 0)
		return -errno;
	while (number)
		sched_yield();
	return 0;
}

static int trace(pid_t pid)
{
	int r = outcome(ptrace(PTRACE_ATTACH, pid, NULL, NULL));

	waitpid(pid, NULL, __WALL);
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(uintptr_t)SIGSTOP);
	return r;
}

static int write_memory(pid_t pid)
{
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -errno;
	waitpid(pid, NULL, __WALL);
	return outcome(ptrace(PTRACE_POKEDATA, pid, scene->at, 1L)) |
	       outcome(ptrace(PTRACE_DETACH, pid, NULL, (void *)(uintptr_t)SIGSTOP));
}

/* Of a child: it dumps a copy. */
static int dump_core(void)
{
	struct rlimit much = { RLIM_INFINITY, RLIM_INFINITY };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &much);
		signal(SIGABRT, SIG_DFL);
		raise(SIGABRT);
	}
	waitpid(pid, &status, 0);
	return WCOREDUMP(status) ? 0 : -ENOENT;
}

static const struct operation list[] = {
	{ "fork", QUIET, 0, eight_pages, fork_once, NULL },
	{ "fork, a hundred times", QUIET, 0, eight_pages, fork_often, NULL },
	{ "fork, and the child changes its copy", QUIET, 0, eight_pages, fork_and_change_the_copy,
	  NULL },
	{ "fork, and the child dumps core", QUIET, 0, eight_pages, dump_core, NULL },
	{ "vfork", QUIET, 0, eight_pages, vfork_once, NULL },
	{ "a thread starts and ends", QUIET, 0, eight_pages, start_thread, NULL },
	{ "munmap by a process that shares the address space", CHANGES, 0, eight_pages,
	  change_by_sharer, NULL },
	{ "ptrace attaches and detaches", QUIET, 0, eight_pages, NULL, trace },
	{ "ptrace writes to memory", QUIET, 0, eight_pages, NULL, write_memory },
};

const struct operation_group operations_process = OPERATION_GROUP(list);
