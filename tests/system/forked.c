/* SPDX-License-Identifier: BSD-2-Clause */
#include "forked.h"

#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RENEWED "renewed"

static _Noreturn void run(void (*body)(void *), void *argument)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	body(argument);
	_exit(0);
}

static void await_pause(pid_t pid)
{
	siginfo_t info;

	waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT);
}

pid_t forked(void (*body)(void *), void *argument)
{
	pid_t pid = fork();

	if (pid == 0)
		run(body, argument);
	await_pause(pid);
	return pid;
}

pid_t forked_as(pid_t pid, void (*body)(void *), void *argument)
{
	struct clone_args arguments = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	pid_t made = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (made == 0)
		run(body, argument);
	if (made > 0)
		await_pause(made);
	return made;
}

void forked_pause(void)
{
	raise(SIGSTOP);
}

void forked_continue(pid_t pid)
{
	kill(pid, SIGCONT);
}

void forked_await_zombie(pid_t pid)
{
	siginfo_t info;

	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

int forked_status(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

void forked_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void forked_idle(void *unused)
{
	(void)unused;
	for (;;)
		forked_pause();
}

void forked_end(void *unused)
{
	(void)unused;
}

static void *pause_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

void forked_end_main_thread(void *unused)
{
	pthread_t thread;

	(void)unused;
	pthread_create(&thread, NULL, pause_for_ever, NULL);
	forked_pause();
	pthread_exit(NULL);
}

void forked_renew(void *unused)
{
	(void)unused;
	forked_pause();
	execl("/proc/self/exe", RENEWED, NULL);
	_exit(127);
}

void forked_main(int argc, char **argv)
{
	if (argc == 1 && strcmp(argv[0], RENEWED) == 0)
		forked_end_main_thread(NULL);
}
