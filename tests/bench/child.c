/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contest.h"

pid_t child_start(void (*act)(void *context), void *context)
{
	pid_t self = getpid();
	pid_t pid = fork();

	if (pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == self)
			act(context);
		_exit(1);
	}
	return pid;
}

void child_expect_alive(pid_t pid)
{
	if (waitpid(pid, NULL, WNOHANG) != 0)
		die("process %d, which acts beside the target, ended by itself", pid);
}

void child_stop(pid_t pid)
{
	child_expect_alive(pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

uint64_t child_spent_ns(pid_t pid)
{
	struct timespec spent;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &spent))
		die("cannot tell what process %d has spent", pid);
	return (uint64_t)spent.tv_sec * 1000000000u + (uint64_t)spent.tv_nsec;
}
