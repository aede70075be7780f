/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has changed since? By what the kernel logged, and by reading all of it
 * again; and what keeping it takes.
 */
#include <malloc.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "benches.h"
#include "mover.h"
#include "opened.h"
#include "reference.h"

#define CHANGES_A_SECOND 1000
#define KEPT             100

static const struct timespec a_change = { .tv_nsec = 1000000 };

struct arena {
	struct mover *mover;
	struct mapsnap_process *process;
	struct mapsnap *last;
	int maps_fd;
	size_t deltas, resyncs;
};

/* Brings it up to date, and walks over what changed; 0 where nothing did. */
static uint64_t follow(struct arena *arena)
{
	uint64_t begin = spent_ns(), took;
	struct mapsnap_change change;
	struct mapsnap_diff changes;
	struct mapsnap *fresh;
	size_t n = 0;

	if (mapsnap_changes(arena->process, NULL, arena->last, &fresh, &changes))
		die("cannot refresh: %s", mapsnap_error(arena->process));
	while (mapsnap_diff_next(&changes, &change))
		n++;
	took = spent_ns() - begin;
	if (fresh == arena->last)
		took = 0;
	else if (changes.flags & MAPSNAP_DIFF_RESYNC)
		arena->resyncs++;
	else if (n == 0)
		die("something changed, and nothing is told");
	else
		arena->deltas++;
	begin = spent_ns();
	mapsnap_unref(arena->last);
	arena->last = fresh;
	return took ? took + spent_ns() - begin : 0;
}

static uint64_t follow_a_change(void *context)
{
	struct arena *arena = context;
	uint64_t took = 0;

	while (took == 0) {
		nanosleep(&a_change, NULL);
		took = follow(arena);
	}
	mover_check(arena->mover, arena->last);
	return took;
}

static uint64_t read_text(void *context)
{
	const struct arena *arena = context;
	uint64_t begin = spent_ns();

	if (bare_read(arena->maps_fd) == 0)
		die("the target has no mappings");
	return spent_ns() - begin;
}

static size_t bytes_allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* What a snapshot of all takes, and each that shares what did not change with the one before. */
static void measure_memory(struct arena *arena, const char *bench)
{
	struct mapsnap *kept[KEPT];
	size_t none, one, all;

	mapsnap_unref(arena->last);
	none = bytes_allocated();
	if (mapsnap_read(arena->process, NULL, &arena->last))
		die("cannot read the target: %s", mapsnap_error(arena->process));
	one = bytes_allocated();
	for (size_t i = 0; i < KEPT; i++) {
		kept[i] = mapsnap_ref(arena->last);
		follow_a_change(arena);
	}
	all = bytes_allocated();
	printf("{\"bench\":\"%s\",\"setting\":\"%zu file-backed, memory\",\"mappings\":%zu,"
	       "\"first_bytes\":%zu,\"next_bytes\":%zu,\"rounds\":%d}\n",
	       bench, mapsnap_count(arena->last), mapsnap_count(arena->last), one - none,
	       (all - one) / KEPT, KEPT);
	contest_flush();
	for (size_t i = 0; i < KEPT; i++)
		mapsnap_unref(kept[i]);
}

static void open_arena(struct arena *arena, size_t mappings)
{
	arena->mover = mover_start(TARGET_FILES, mappings);
	arena->maps_fd = opened_maps(arena->mover->pid);
	arena->process = opened_process(arena->mover->pid);
	if (mapsnap_read(arena->process, NULL, &arena->last))
		die("cannot read the target: %s", mapsnap_error(arena->process));
	mover_set_rate(arena->mover, CHANGES_A_SECOND);
	/* The first sees that something changed, and has the changes logged. */
	follow_a_change(arena);
	follow_a_change(arena);
}

static void close_arena(struct arena *arena)
{
	mapsnap_unref(arena->last);
	mapsnap_close(arena->process);
	close(arena->maps_fd);
	mover_stop(arena->mover);
}

static void measure_size(const char *name, const struct effort *effort, size_t mappings)
{
	struct arena arena = { 0 };
	struct contest contest = {
		.bench = name,
		.against = "bare read loop",
		.ours = follow_a_change,
		.theirs = read_text,
		.context = &arena,
		.operations = 1,
	};

	open_arena(&arena, mappings);
	snprintf(contest.setting, sizeof(contest.setting), "%zu file-backed, %d changes/s",
		 mapsnap_count(arena.last), CHANGES_A_SECOND);
	contest_hold(&contest, effort);
	fprintf(stderr, "mapsnap-bench: %s: %s: %zu by what changed, %zu read anew\n", name,
		contest.setting, arena.deltas, arena.resyncs);
	measure_memory(&arena, name);
	close_arena(&arena);
}

/* Whether a change of a target is told by what the kernel logged. */
static bool possible(void)
{
	struct arena arena = { 0 };

	open_arena(&arena, 200);
	follow_a_change(&arena);
	close_arena(&arena);
	return arena.deltas > 0;
}

void bench_changed(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 500, 5000, 30000, 60000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);

	if (mapsnap_kernel_source() != MAPSNAP_SOURCE_IOCTL || !possible()) {
		fprintf(stderr, "mapsnap-bench: %s is left out: the kernel logs no changes\n",
			name);
		return;
	}
	for (size_t i = 0; i < n; i++)
		measure_size(name, effort, sizes[i]);
}
