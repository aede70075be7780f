/* SPDX-License-Identifier: BSD-2-Clause */
#include "herd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contest.h"
#include "opened.h"

#define MOST_FILES  100000
#define OTHER_FILES 64
#define PATIENCE_MS 30000
#define ORDER       SIGUSR1

struct member {
	pid_t pid;
	int maps_fd;
};

/* Of the program and not of a call: exit() has to clean up from anywhere. */
static struct member *members;
static size_t count;
static int answers[2];

/* As many as it allows: the hard limit may be raised by those who have CAP_SYS_RESOURCE. */
static size_t allow_files(size_t files)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < files) {
		struct rlimit wanted = { files, limit.rlim_max < files ? files : limit.rlim_max };

		if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
			return files;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur;
}

size_t herd_most(size_t files)
{
	return (allow_files(MOST_FILES) - OTHER_FILES) / files;
}

/* Best effort: fork() tells where it is too low. */
static void allow_processes(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_NPROC, &limit);
}

/* Maps a page and unmaps it the next time. */
static void change(void)
{
	static void *page = MAP_FAILED;

	if (page == MAP_FAILED) {
		page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			_exit(1);
	} else {
		if (munmap(page, (size_t)sysconf(_SC_PAGESIZE)) < 0)
			_exit(1);
		page = MAP_FAILED;
	}
}

static void live(pid_t parent, const sigset_t *order)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	while (sigwaitinfo(order, NULL) == ORDER) {
		change();
		if (write(answers[1], "", 1) != 1)
			_exit(1);
	}
	_exit(1);
}

/* The order is blocked in them from the start, so that none is lost and none ends them. */
static void start_members(size_t processes)
{
	pid_t self = getpid();
	sigset_t order, before;

	sigemptyset(&order);
	sigaddset(&order, ORDER);
	sigprocmask(SIG_BLOCK, &order, &before);
	for (; count < processes; count++) {
		pid_t pid = fork();

		if (pid < 0)
			die("cannot start %zu processes: %s; raise RLIMIT_NPROC (ulimit -u), "
			    "kernel.pid_max, kernel.threads-max or pids.max of the control group",
			    processes, strerror(errno));
		if (pid == 0)
			live(self, &order);
		members[count] = (struct member){ .pid = pid, .maps_fd = -1 };
		contest_heed_stop();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void herd_start(size_t processes)
{
	static bool registered;

	if (!registered && atexit(herd_stop) != 0)
		die("out of memory");
	registered = true;
	allow_processes();
	members = calloc(processes, sizeof(*members));
	if (!members)
		die("out of memory");
	if (pipe2(answers, O_CLOEXEC) < 0)
		die("cannot create a pipe: %s", strerror(errno));
	start_members(processes);
}

void herd_stop(void)
{
	if (!members)
		return;
	for (size_t i = 0; i < count; i++)
		kill(members[i].pid, SIGKILL);
	for (size_t i = 0; i < count; i++) {
		waitpid(members[i].pid, NULL, 0);
		if (members[i].maps_fd >= 0)
			close(members[i].maps_fd);
	}
	close(answers[0]);
	close(answers[1]);
	free(members);
	members = NULL;
	count = 0;
}

pid_t herd_pid(size_t i)
{
	return members[i].pid;
}

int herd_maps_fd(size_t i)
{
	if (members[i].maps_fd < 0)
		members[i].maps_fd = opened_maps(members[i].pid);
	return members[i].maps_fd;
}

static void await(size_t changes)
{
	struct pollfd answer = { .fd = answers[0], .events = POLLIN };
	char bytes[256];

	while (changes) {
		ssize_t n;

		if (poll(&answer, 1, PATIENCE_MS) == 0)
			die("a process that was told to change did not");
		contest_heed_stop();
		n = read(answers[0], bytes, changes < sizeof(bytes) ? changes : sizeof(bytes));
		if (n > 0)
			changes -= (size_t)n;
	}
}

void herd_change(bool (*chosen)(size_t i))
{
	size_t changes = 0;

	for (size_t i = 0; i < count; i++) {
		if (!chosen(i))
			continue;
		if (kill(members[i].pid, ORDER) < 0)
			die("cannot tell process %d to change: %s", members[i].pid,
			    strerror(errno));
		changes++;
	}
	await(changes);
}
