/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a process: everything as text or in one call, and what is executable. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../mappings.h"
#include "benches.h"
#include "mapsnap.h"
#include "opened.h"
#include "reference.h"
#include "target.h"

/* A read with these options has this checksum. */
struct job {
	struct mapsnap_options options;
	uint64_t checksum;
};

/* The target, open for either side. */
struct arena {
	const char *bench;
	const struct effort *effort;
	const char *backing;
	pid_t pid;
	int maps_fd;
	struct mapsnap_process
		*process; /* opened by pid: each read checks that it is still that one */
	struct mapsnap_process *by_fd; /* opened by the maps fd alone */
	size_t mappings;
	size_t bytes;
	struct job whole;
	struct job executable;
	struct job snapshot;
	struct job queries;
};

static const struct mapsnap_options whole_text = {
	.size = sizeof(whole_text),
	.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	.route = MAPSNAP_ROUTE_TEXT,
};

static const struct mapsnap_options executable_only = {
	.size = sizeof(executable_only),
	.filter = MAPSNAP_EXECUTE | MAPSNAP_FILTER_NO_GATE,
	.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	.route = MAPSNAP_ROUTE_QUERY,
};

static const struct mapsnap_options whole_snapshot = {
	.size = sizeof(whole_snapshot),
	.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	.route = MAPSNAP_ROUTE_SNAPSHOT,
};

static const struct mapsnap_options whole_by_queries = {
	.size = sizeof(whole_by_queries),
	.filter = MAPSNAP_FILTER_NO_GATE,
	.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	.route = MAPSNAP_ROUTE_QUERY,
};

static struct job make_job(const struct mapsnap_options *options, const struct list *list)
{
	/* The gate is the last of the text and executable only. */
	size_t gate = options->filter & MAPSNAP_FILTER_NO_GATE &&
		      strcmp(list->mappings[list->count - 1].name, "[vsyscall]") == 0;

	return (struct job){
		.options = *options,
		.checksum = checksum(list->mappings, list->count - gate,
				     options->filter & MAPSNAP_EXECUTE),
	};
}

static void open_arena(struct arena *arena, enum target_backing backing, size_t mappings)
{
	struct list list;
	int r;

	arena->backing = backing == TARGET_FILES ? "file-backed" : "anonymous";
	arena->pid = target_start(backing, mappings);
	arena->maps_fd = opened_maps(arena->pid);
	arena->process = opened_process(arena->pid);
	r = mapsnap_open_fd(arena->maps_fd, &arena->by_fd);
	if (r)
		die("cannot open process %d by its file: %s", arena->pid, strerror(-r));
	list_read(&list, arena->pid);
	arena->mappings = list.count;
	arena->bytes = bare_read(arena->maps_fd);
	arena->whole = make_job(&whole_text, &list);
	arena->executable = make_job(&executable_only, &list);
	arena->snapshot = make_job(&whole_snapshot, &list);
	arena->queries = make_job(&whole_by_queries, &list);
	list_free(&list);
}

static void close_arena(struct arena *arena)
{
	mapsnap_close(arena->process);
	mapsnap_close(arena->by_fd);
	close(arena->maps_fd);
	target_stop();
}

static void check(const struct job *job, const struct mapsnap *snapshot)
{
	struct mapsnap_mapping *mappings = mappings_copied(snapshot);

	if (!mappings || checksum(mappings, mapsnap_count(snapshot), 0) != job->checksum)
		die("the library read something else than the reference");
	free(mappings);
}

/* The check is not part of the time. */
static uint64_t time_read(struct mapsnap_process *process, const struct job *job)
{
	struct mapsnap *snapshot;
	uint64_t begin = spent_ns(), took;

	if (mapsnap_read(process, &job->options, &snapshot) < 0)
		die("cannot read the target: %s", mapsnap_error(process));
	took = spent_ns() - begin;
	check(job, snapshot);
	begin = spent_ns();
	mapsnap_unref(snapshot);
	return took + spent_ns() - begin;
}

static uint64_t read_whole(void *context)
{
	struct arena *arena = context;

	return time_read(arena->process, &arena->whole);
}

static uint64_t read_whole_by_fd(void *context)
{
	struct arena *arena = context;

	return time_read(arena->by_fd, &arena->whole);
}

static uint64_t read_executable(void *context)
{
	struct arena *arena = context;

	return time_read(arena->process, &arena->executable);
}

static uint64_t read_snapshot(void *context)
{
	struct arena *arena = context;

	return time_read(arena->process, &arena->snapshot);
}

static uint64_t read_queries(void *context)
{
	struct arena *arena = context;

	return time_read(arena->process, &arena->queries);
}

static uint64_t read_bare(void *context)
{
	struct arena *arena = context;
	uint64_t begin = spent_ns();

	if (bare_read(arena->maps_fd) != arena->bytes)
		die("the target's maps changed meanwhile");
	return spent_ns() - begin;
}

/* From nothing to nothing: open and close are part of it. */
static uint64_t open_and_read(void *context)
{
	struct arena *arena = context;
	struct mapsnap_process *process;
	uint64_t begin = spent_ns(), took;

	if (mapsnap_open_pid(arena->pid, &process) < 0)
		die("cannot open process %d again", arena->pid);
	took = spent_ns() - begin + time_read(process, &arena->whole);
	begin = spent_ns();
	mapsnap_close(process);
	return took + spent_ns() - begin;
}

static uint64_t read_getline(void *context)
{
	struct arena *arena = context;
	struct list list;
	uint64_t begin = spent_ns(), took;

	list_read(&list, arena->pid);
	took = spent_ns() - begin;
	if (checksum(list.mappings, list.count, 0) != arena->whole.checksum)
		die("the target's maps changed meanwhile");
	begin = spent_ns();
	list_free(&list);
	return took + spent_ns() - begin;
}

typedef uint64_t turn(void *context);

static void hold(struct arena *arena, const char *how, turn *ours, const char *against,
		 turn *theirs)
{
	struct contest contest = {
		.bench = arena->bench,
		.against = against,
		.ours = ours,
		.theirs = theirs,
		.context = arena,
		.operations = 1,
	};

	snprintf(contest.setting, sizeof(contest.setting), "%zu %s%s", arena->mappings,
		 arena->backing, how);
	contest_hold(&contest, arena->effort);
}

static void hold_text(struct arena *arena)
{
	hold(arena, ", by pid", read_whole, "bare read loop", read_bare);
	hold(arena, ", by fd", read_whole_by_fd, "bare read loop", read_bare);
}

static void hold_getline(struct arena *arena)
{
	hold(arena, "", open_and_read, "fopen, getline, sscanf, strdup", read_getline);
}

static void hold_executable(struct arena *arena)
{
	hold(arena, "", read_executable, "whole text by the library", read_whole);
	hold(arena, "", read_executable, "bare read loop", read_bare);
}

static void hold_snapshot(struct arena *arena)
{
	hold(arena, "", read_snapshot, "whole text by the library", read_whole);
	hold(arena, "", read_snapshot, "bare read loop", read_bare);
	hold(arena, "", read_snapshot, "a PROCMAP_QUERY of each by the library", read_queries);
}

#define SIZES 4

static const size_t usual_sizes[SIZES] = { 500, 5000, 60000 };
static const size_t sizes_of_snapshots[SIZES] = { 100, 500, 5000, 30000 };

static void each_size(const char *name, const struct effort *effort, enum target_backing backing,
		      const size_t sizes[SIZES], void (*hold_contests)(struct arena *arena))
{
	size_t n = effort->tiny ? 1 : SIZES;

	for (size_t i = 0; i < n && sizes[i]; i++) {
		struct arena arena = { .bench = name, .effort = effort };

		open_arena(&arena, backing, sizes[i]);
		hold_contests(&arena);
		close_arena(&arena);
	}
}

void bench_read_text(const char *name, const struct effort *effort)
{
	each_size(name, effort, TARGET_FILES, usual_sizes, hold_text);
	each_size(name, effort, TARGET_ANONYMOUS, usual_sizes, hold_text);
}

void bench_read_getline(const char *name, const struct effort *effort)
{
	each_size(name, effort, TARGET_FILES, usual_sizes, hold_getline);
	each_size(name, effort, TARGET_ANONYMOUS, usual_sizes, hold_getline);
}

/* Tried on this process itself. */
static bool works(const char *bench, const struct mapsnap_options *options)
{
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int r = mapsnap_open_pid(getpid(), &process);

	if (r)
		die("cannot open this process: %s", strerror(-r));
	r = mapsnap_read(process, options, &snapshot);
	if (r == 0)
		mapsnap_unref(snapshot);
	else if (r == -EOPNOTSUPP)
		fprintf(stderr, "mapsnap-bench: %s is left out: %s\n", bench,
			mapsnap_error(process));
	else
		die("cannot read this process: %s", mapsnap_error(process));
	mapsnap_close(process);
	return r == 0;
}

void bench_exec_query(const char *name, const struct effort *effort)
{
	if (!works(name, &executable_only))
		return;
	each_size(name, effort, TARGET_FILES, usual_sizes, hold_executable);
}

void bench_read_snapshot(const char *name, const struct effort *effort)
{
	if (!works(name, &whole_snapshot))
		return;
	each_size(name, effort, TARGET_FILES, sizes_of_snapshots, hold_snapshot);
	each_size(name, effort, TARGET_ANONYMOUS, sizes_of_snapshots, hold_snapshot);
}
