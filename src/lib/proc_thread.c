/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "procfs.h"

/* The groups are in it, which can be many. */
#define STATUS_SIZE 16384

static int thread_text(const struct kernel *kernel, pid_t tid, const char *name, char *buffer,
		       size_t size)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, name);
	return procfs_text(kernel, AT_FDCWD, path, buffer, size);
}

/*
 * NSpid has a number for each pid namespace from that of /proc down to one's
 * own. Without such namespaces there is no line of it, but one behind it.
 */
int proc_thread_numbers(const struct kernel *kernel)
{
	char text[STATUS_SIZE];
	const char *numbers;
	int r = procfs_text(kernel, AT_FDCWD, "/proc/self/status", text, sizeof(text));

	if (r)
		return r;
	numbers = strstr(text, "\nNSpid:\t");
	if (!numbers)
		return strstr(text, "\nThreads:\t") != NULL;
	numbers += strlen("\nNSpid:\t");
	return numbers[strspn(numbers, "0123456789")] == '\n';
}

pid_t proc_thread_tracer(const struct kernel *kernel, pid_t tid)
{
	char text[STATUS_SIZE];
	int r = thread_text(kernel, tid, "status", text, sizeof(text));

	return r ? r : procfs_labelled_pid(text, "\nTracerPid:\t");
}

bool proc_thread_ended(const struct kernel *kernel, pid_t tid)
{
	struct proc_stat stat;
	int r, dir = procfs_open_pid(kernel, tid);

	if (dir < 0)
		return dir == -ESRCH;
	r = procfs_stat(kernel, dir, &stat);
	kernel->close(dir);
	return r == -ESRCH || (r == 0 && stat.ended);
}

static bool makes_process(long call)
{
#ifdef SYS_vfork
	if (call == SYS_vfork)
		return true;
#endif
	return call == SYS_clone || call == SYS_clone3;
}

/*
 * The file tells the number of the call only of one that is asleep and off its
 * processor, otherwise "running".
 */
static bool sleeps_making_process(const struct kernel *kernel, pid_t tid)
{
	char text[256], *end;
	long call;

	if (thread_text(kernel, tid, "syscall", text, sizeof(text)))
		return false;
	call = strtol(text, &end, 10);
	return end != text && makes_process(call);
}

static bool count_sleeps(const struct kernel *kernel, pid_t tid, uint64_t *sleeps)
{
	static const char label[] = "\nvoluntary_ctxt_switches:\t";
	char text[STATUS_SIZE];
	const char *count = NULL;

	if (thread_text(kernel, tid, "status", text, sizeof(text)) == 0)
		count = strstr(text, label);
	return count && sscanf(count + strlen(label), "%" SCNu64, sleeps) == 1;
}

/* Counted on both sides: what is seen in between belongs to the last that was counted. */
bool proc_thread_waits(const struct kernel *kernel, pid_t tid, uint64_t *sleeps)
{
	uint64_t before;

	return count_sleeps(kernel, tid, &before) && sleeps_making_process(kernel, tid) &&
	       count_sleeps(kernel, tid, sleeps) && *sleeps == before;
}
