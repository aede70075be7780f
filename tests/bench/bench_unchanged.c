/* SPDX-License-Identifier: BSD-2-Clause */
/* Has anything changed? By asking, and by reading all of it again. */
#include <stdio.h>
#include <unistd.h>

#include "benches.h"
#include "opened.h"
#include "reference.h"
#include "source.h"
#include "worker.h"

/* In a turn: the clock itself costs as much as a few. */
#define ASKS 1000

struct arena {
	const char *bench;
	const struct effort *effort;
	const struct source *source;
	struct mapsnap_options options;
	struct worker *worker;
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int maps_fd;
	size_t bytes;
};

static struct mapsnap *refresh(const struct arena *arena)
{
	struct mapsnap *fresh;

	if (mapsnap_refresh(arena->process, &arena->options, arena->snapshot, &fresh) < 0)
		die("cannot refresh: %s", mapsnap_error(arena->process));
	return fresh;
}

static uint64_t ask(void *context)
{
	const struct arena *arena = context;
	uint64_t begin = spent_ns();

	for (size_t i = 0; i < ASKS; i++) {
		struct mapsnap *fresh = refresh(arena);

		if (fresh != arena->snapshot)
			die("a process that does not change is told changed");
		mapsnap_unref(fresh);
	}
	return (spent_ns() - begin) / ASKS;
}

static uint64_t read_text(void *context)
{
	const struct arena *arena = context;
	uint64_t begin = spent_ns();

	if (bare_read(arena->maps_fd) != arena->bytes)
		die("the target's maps changed meanwhile");
	return spent_ns() - begin;
}

/* It maps a page and unmaps it, which the next refresh has to tell. */
static void prove(struct arena *arena)
{
	static const struct worker_task one_pair = { .duration_ns = 0 };
	struct mapsnap *fresh;

	worker_do(arena->worker, &one_pair);
	fresh = refresh(arena);
	if (fresh == arena->snapshot)
		die("a process that changed is told unchanged");
	mapsnap_unref(arena->snapshot);
	arena->snapshot = fresh;
}

static void open_arena(struct arena *arena, size_t mappings)
{
	arena->worker = worker_start(TARGET_FILES, mappings);
	arena->maps_fd = opened_maps(arena->worker->pid);
	arena->process = opened_process(arena->worker->pid);
	if (mapsnap_read(arena->process, &arena->options, &arena->snapshot) < 0)
		die("cannot read the target: %s", mapsnap_error(arena->process));
	prove(arena);
	arena->bytes = bare_read(arena->maps_fd);
}

static void close_arena(struct arena *arena)
{
	mapsnap_unref(arena->snapshot);
	mapsnap_close(arena->process);
	close(arena->maps_fd);
	worker_stop(arena->worker);
}

static void measure_size(struct arena *arena, size_t mappings)
{
	struct contest contest = {
		.bench = arena->bench,
		.against = "bare read loop",
		.ours = ask,
		.theirs = read_text,
		.context = arena,
		.operations = 1,
	};

	open_arena(arena, mappings);
	snprintf(contest.setting, sizeof(contest.setting), "%zu file-backed, by %s",
		 mapsnap_count(arena->snapshot), arena->source->name);
	contest_hold(&contest, arena->effort);
	close_arena(arena);
}

void bench_unchanged(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 100, 500, 5000, 30000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);
	struct source source;

	if (!source_open(name, &source))
		return;
	for (size_t i = 0; i < n; i++) {
		struct arena arena = {
			.bench = name,
			.effort = effort,
			.source = &source,
			.options = { .size = sizeof(arena.options), .sequence = source.sequence },
		};

		measure_size(&arena, sizes[i]);
	}
	source_close(&source);
}
