/* SPDX-License-Identifier: BSD-2-Clause */
/* maps-dump beside the tools that show the mappings of a process today, as a shell calls them. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "benches.h"
#include "beside.h"
#include "target.h"

extern char **environ;

#define ARGUMENTS 8

/* What a shell would call; PID stands for the target's. */
struct call {
	const char *words[ARGUMENTS];
	bool a_line_each; /* prints at least one for each mapping */
};

struct pair {
	const char *what;
	struct call ours, theirs;
	const char *against;
};

/* clang-format off */
/* Without a source where the others prove nothing either. */
static const struct pair pairs[] = {
	{ "text",
	  { { "maps-dump", "--source=none", "PID" }, true },
	  { { "cat", "/proc/PID/maps" }, true }, "cat" },
	{ "table",
	  { { "maps-dump", "--source=none", "--table", "PID" }, true },
	  { { "pmap", "PID" }, true }, "pmap" },
	{ "table, with a proof",
	  { { "maps-dump", "--table", "PID" }, true },
	  { { "pmap", "PID" }, true }, "pmap" },
	{ "offset and device",
	  { { "maps-dump", "--source=none", "-o", "start,size,perms,offset,device,name", "PID" }, true },
	  { { "pmap", "-d", "PID" }, true }, "pmap -d" },
	{ "files",
	  { { "maps-dump", "--source=none", "--file", "-o", "kind,perms,device,inode,path", "PID" }, false },
	  { { "lsfd", "-p", "PID" }, false }, "lsfd" },
	{ "both ends",
	  { { "maps-dump", "--source=none", "-o", "start,end,size,offset,perms,path", "PID" }, true },
	  { { "gdb", "-nx", "-batch", "-p", "PID", "-ex", "info proc mappings" }, true },
	  "gdb info proc mappings" },
};
/* clang-format on */

struct arena {
	pid_t pid;
	size_t mappings;
	const struct pair *pair;
};

static const char *program(const char *name)
{
	return strcmp(name, "maps-dump") == 0 ? program_beside(name) : name;
}

/* The word with the target's number in place of PID. */
static char *filled_in(const char *word, pid_t pid)
{
	const char *at = strstr(word, "PID");
	char *filled;
	int r;

	if (at)
		r = asprintf(&filled, "%.*s%d%s", (int)(at - word), word, pid, at + strlen("PID"));
	else
		r = asprintf(&filled, "%s", word);
	if (r < 0)
		die("out of memory");
	return filled;
}

static int spawn(const struct call *call, pid_t target, int out, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	char *words[ARGUMENTS + 1] = { 0 };
	int r;

	words[0] = filled_in(program(call->words[0]), 0);
	for (size_t i = 1; i < ARGUMENTS && call->words[i]; i++)
		words[i] = filled_in(call->words[i], target);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(child, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; i < ARGUMENTS; i++)
		free(words[i]);
	return r;
}

static size_t count_lines(int fd)
{
	static char bytes[1 << 16];
	size_t lines = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += bytes[i] == '\n';
	return lines;
}

static uint64_t nanoseconds(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_usec * 1000u;
}

/* Processor time of the program, its start and its end included. */
static uint64_t time_call(const struct arena *arena, const struct call *call)
{
	struct rusage usage;
	int fds[2], status;
	size_t lines;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) < 0)
		die("cannot make a pipe: %s", strerror(errno));
	if (spawn(call, arena->pid, fds[1], &child))
		die("cannot start %s", call->words[0]);
	close(fds[1]);
	lines = count_lines(fds[0]);
	close(fds[0]);
	if (wait4(child, &status, 0, &usage) < 0 || status != 0)
		die("%s failed", call->words[0]);
	if (call->a_line_each && lines < arena->mappings)
		die("%s printed %zu lines of %zu mappings", call->words[0], lines, arena->mappings);
	return nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime);
}

static uint64_t call_ours(void *context)
{
	const struct arena *arena = context;

	return time_call(arena, &arena->pair->ours);
}

static uint64_t call_theirs(void *context)
{
	const struct arena *arena = context;

	return time_call(arena, &arena->pair->theirs);
}

static bool is_installed(const char *name)
{
	const struct call call = { .words = { name, "--version" } };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;
	pid_t child;
	bool started = null >= 0 && spawn(&call, 0, null, &child) == 0;

	close(null);
	if (started)
		waitpid(child, &status, 0);
	return started && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

static void hold(const char *name, const struct effort *effort, struct arena *arena)
{
	struct contest contest = {
		.bench = name,
		.against = arena->pair->against,
		.ours = call_ours,
		.theirs = call_theirs,
		.context = arena,
		.operations = 1,
	};

	snprintf(contest.setting, sizeof(contest.setting), "%zu, %s", arena->mappings,
		 arena->pair->what);
	contest_hold(&contest, effort);
}

void bench_tools(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 500, 5000, 60000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(sizes[0]);

	for (size_t i = 0; i < n; i++) {
		struct arena arena = { .mappings = sizes[i] };

		arena.pid = target_start(TARGET_FILES, sizes[i]);
		for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
			arena.pair = &pairs[p];
			if (is_installed(pairs[p].theirs.words[0]))
				hold(name, effort, &arena);
			else
				fprintf(stderr, "mapsnap-bench: %s is not installed\n",
					pairs[p].theirs.words[0]);
		}
		target_stop();
	}
}
