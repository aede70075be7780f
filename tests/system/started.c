/* SPDX-License-Identifier: BSD-2-Clause */
#include "started.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_OPTIONS    32
#define PATIENCE        30000 /* ms, for 60,000 mappings on a busy machine */
#define PATIENCE_ENDING 10000 /* ms, the same */

/* What a child gets beside its stdin; -1: not. */
struct outfit {
	int output; /* as stdout */
	int kept;   /* under its own number */
};

/* By that two runs of one program are told apart. For ThreadSanitizer we may have to do without. */
static void allow_random_addresses(void)
{
	int now = personality(UINT32_MAX);

	if (now != -1 && now & ADDR_NO_RANDOMIZE)
		personality((unsigned long)(now & ~ADDR_NO_RANDOMIZE));
}

static _Noreturn void run(const char *const argv[], int input, const struct outfit *outfit)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	allow_random_addresses();
	dup2(input, STDIN_FILENO);
	dup2(outfit->output >= 0 ? outfit->output : nowhere, STDOUT_FILENO);
	if (outfit->kept >= 0)
		fcntl(outfit->kept, F_SETFD, 0);
	else
		dup2(nowhere, STDERR_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static bool start(struct started *started, const char *const argv[], const struct outfit *outfit)
{
	int input[2];

	*started = (struct started){ .input = -1, .output = -1 };
	if (pipe2(input, O_CLOEXEC))
		return false;
	started->pid = fork();
	if (started->pid == 0)
		run(argv, input[0], outfit);
	close(input[0]);
	if (started->pid < 0) {
		close(input[1]);
		return false;
	}
	started->input = input[1];
	return true;
}

static bool exists(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : "/usr/bin:/bin"), *rest = copy, *directory;
	bool found = strchr(name, '/') && access(name, X_OK) == 0;
	char file[PATH_MAX];

	while (!found && (directory = strsep(&rest, ":"))) {
		snprintf(file, sizeof(file), "%s/%s", directory, name);
		found = access(file, X_OK) == 0;
	}
	free(copy);
	return found;
}

bool started_program(struct started *started, const char *const argv[])
{
	struct outfit nothing = { .output = -1, .kept = -1 };

	return exists(argv[0]) && start(started, argv, &nothing);
}

/* Beside the running program, as the build puts it. */
static bool find_target(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *name;

	if (n < 0)
		return false;
	path[n] = '\0';
	name = strrchr(path, '/') + 1;
	n = path + PATH_MAX - name;
	return snprintf(name, (size_t)n, "mapsnap-target") < n;
}

static bool wait_until_ready(const struct started *started)
{
	struct pollfd fd = { .fd = started->output, .events = POLLIN };
	char line[8];

	return poll(&fd, 1, PATIENCE) == 1 && read(started->output, line, sizeof(line)) == 6 &&
	       memcmp(line, "ready\n", 6) == 0;
}

/* What it promised, if it did. */
static bool map_invariant(struct started *started, int fd)
{
	struct stat stat;
	void *base;

	if (fstat(fd, &stat))
		return false;
	if (stat.st_size == 0)
		return true;
	base = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return false;
	started->invariant = base;
	return true;
}

/* output: a pipe for its stdout */
static bool start_target(struct started *started, const char *const argv[], const int output[2],
			 int invariant)
{
	struct outfit outfit = { .output = output[1], .kept = invariant };
	bool good = start(started, argv, &outfit);

	close(output[1]);
	if (!good) {
		close(output[0]);
		return false;
	}
	started->output = output[0];
	good = wait_until_ready(started) && map_invariant(started, invariant);
	if (!good)
		started_end(started);
	return good;
}

bool started_target(struct started *started, const char *const options[])
{
	const char *argv[MOST_OPTIONS + 4] = { NULL };
	char program[PATH_MAX], number[16];
	int output[2], invariant = memfd_create("invariant", MFD_CLOEXEC);
	bool good = invariant >= 0 && find_target(program) && pipe2(output, O_CLOEXEC) == 0;

	snprintf(number, sizeof(number), "%d", invariant);
	argv[0] = program;
	argv[1] = "--invariant";
	argv[2] = number;
	for (size_t i = 0; i < MOST_OPTIONS && options[i]; i++)
		argv[3 + i] = options[i];
	good = good && start_target(started, argv, output, invariant);
	if (invariant >= 0)
		close(invariant);
	if (!good)
		fprintf(stderr, "could not start mapsnap-target; it belongs beside this program\n");
	return good;
}

bool started_stop(const struct started *started)
{
	siginfo_t info;

	return kill(started->pid, SIGSTOP) == 0 &&
	       waitid(P_PID, (id_t)started->pid, &info, WSTOPPED | WEXITED | WNOWAIT) == 0 &&
	       info.si_code == CLD_STOPPED;
}

static bool ended_within(pid_t pid, int ms)
{
	for (; ms > 0; ms--) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		usleep(1000);
	}
	return false;
}

/* A target ends with its input. */
void started_end(struct started *started)
{
	bool target = started->output >= 0;

	close(started->input);
	if (target)
		close(started->output);
	if (started->invariant)
		munmap((void *)(uintptr_t)started->invariant, started->invariant->size);
	kill(started->pid, SIGCONT);
	if (!target || !ended_within(started->pid, PATIENCE_ENDING)) {
		kill(started->pid, SIGKILL);
		waitpid(started->pid, NULL, 0);
	}
	*started = (struct started){ .input = -1, .output = -1 };
}
