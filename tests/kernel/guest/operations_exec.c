/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of an address space, or of this process's part in it. */
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

static char stack[65536] __attribute__((aligned(16)));

static _Noreturn int wait_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

static void sharer(void)
{
	scene->helper = clone(wait_for_ever, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	scene_need(scene->helper > 0, "a process that shares the address space");
}

/* The new program is this one again, which stops itself. */
static int exec_self(void)
{
	return outcome(execl("/proc/self/exe", "test-guest-operations", "--stop", NULL));
}

static int leave(void)
{
	_exit(0);
}

static const struct operation list[] = {
	{ "execve", LEAVES, 1, NULL, exec_self, NULL },
	{ "execve, another process keeps the address space", LEAVES, 1, sharer, exec_self, NULL },
	{ "exit", LEAVES, 1, NULL, leave, NULL },
	{ "exit, another process keeps the address space", LEAVES, 1, sharer, leave, NULL },
};

const struct operation_group operations_exec = OPERATION_GROUP(list);
