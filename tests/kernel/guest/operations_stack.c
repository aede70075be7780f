/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack grows: by an access of its own, and of another process. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

/* In pages. What lies below the stack pointer is the process's own affair. */
#define BEYOND 8

static void stack(void)
{
	scene->at = scene_mapping("[stack]").start;
}

static void limited_stack(void)
{
	struct rlimit limit = { PAGE, PAGE };

	stack();
	scene_need(setrlimit(RLIMIT_STACK, &limit) == 0, "a limit");
}

/* It may grow over the pages below it, which nobody has. */
static void growing_mapping(void)
{
	char *room = mmap(NULL, 1024 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	scene_need(room != MAP_FAILED && munmap(room, 1024 * PAGE) == 0, "room to grow");
	scene->at = room + 1016 * PAGE;
	scene_need(mmap(scene->at, 8 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1,
			0) == scene->at,
		   "a mapping that grows");
}

static char *beyond(void)
{
	return scene->at - BEYOND * PAGE;
}

static int touch(void)
{
	*(volatile char *)beyond() = 1;
	return 0;
}

/* An error instead of a signal. */
static int touch_by_kernel(void)
{
	return outcome(syscall(SYS_getcpu, beyond(), NULL, NULL));
}

static int write_by_mem(pid_t pid)
{
	char path[32], byte = 1;
	int fd, r;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	r = outcome(pwrite(fd, &byte, 1, (off_t)(uintptr_t)beyond()));
	close(fd);
	return r;
}

static int write_by_vm_writev(pid_t pid)
{
	char byte = 1;
	struct iovec here = { &byte, 1 }, there = { beyond(), 1 };

	return outcome(process_vm_writev(pid, &here, 1, &there, 1, 0));
}

static int write_by_ptrace(pid_t pid)
{
	int r;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -errno;
	waitpid(pid, NULL, __WALL);
	r = outcome(ptrace(PTRACE_POKEDATA, pid, beyond(), 1L));
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(uintptr_t)19 /* SIGSTOP, as it was */);
	return r;
}

static const struct operation list[] = {
	{ "stack grows by an access", CHANGES, 0, stack, touch, NULL },
	{ "MAP_GROWSDOWN grows by an access", CHANGES, 0, growing_mapping, touch, NULL },
	{ "stack grows by another process: /proc/PID/mem", CHANGES, 0, stack, NULL, write_by_mem },
	{ "stack grows by another process: ptrace", CHANGES, 0, stack, NULL, write_by_ptrace },
	{ "stack does not grow by process_vm_writev", QUIET, -EFAULT, stack, NULL,
	  write_by_vm_writev },
	{ "stack does not grow: RLIMIT_STACK", SPARES, -EFAULT, limited_stack, touch_by_kernel,
	  NULL },
};

const struct operation_group operations_stack = OPERATION_GROUP(list);
