/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of many processes changed: by asking, and by looking. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "benches.h"
#include "herd.h"
#include "reference.h"
#include "source.h"
#include "uapi/procmap_query.h"

/* Asks in one turn, at least: the clock itself costs as much as a few. */
#define LEAST_ASKS 1000

struct arena {
	const char *bench;
	const struct effort *effort;
	const struct mapsnap_bpf *bpf;
	struct mapsnap_poll *entries; /* with the last sequence of each */
	uint64_t *now;
	size_t processes;
	size_t changing;
	size_t repeat;
};

typedef uint64_t turn(void *context);

static bool one_in_hundred(size_t i)
{
	return i % 100 == 49;
}

static bool first(size_t i)
{
	return i == 0;
}

/* Exactly those that were told to change did, and from now on it is news no more. */
static void check(struct arena *arena, bool (*chosen)(size_t i))
{
	for (size_t i = 0; i < arena->processes; i++) {
		struct mapsnap_poll *entry = &arena->entries[i];

		if (entry->result != (chosen(i) ? 1 : 0))
			die("of %zu processes number %zu is told %s", arena->processes, i,
			    entry->result ? "changed, and is not" : "unchanged, and is not");
		entry->sequence = entry->now;
		entry->proved_ns = now_ns();
	}
}

/* Without a change between two asks the turn has several. */
static void ask_batch(const struct arena *arena)
{
	size_t noted = 0;

	for (size_t i = 0; i < arena->repeat; i++)
		if (mapsnap_poll(mapsnap_bpf_sequence(arena->bpf), arena->entries, arena->processes,
				 &noted) < 0 ||
		    noted != arena->changing)
			die("%zu of %zu processes are told changed", noted, arena->processes);
}

static void ask_each(const struct arena *arena)
{
	const struct mapsnap_sequence *sequence = mapsnap_bpf_sequence(arena->bpf);

	for (size_t i = 0; i < arena->repeat; i++)
		for (size_t k = 0; k < arena->processes; k++)
			if (sequence->read(sequence, arena->entries[k].maps_fd, &arena->now[k]) < 0)
				die("cannot read the sequence of process number %zu", k);
}

static uint64_t poll_batch(void *context)
{
	struct arena *arena = context;
	uint64_t begin, took;

	herd_change(one_in_hundred);
	begin = spent_ns();
	ask_batch(arena);
	took = spent_ns() - begin;
	check(arena, one_in_hundred);
	return took;
}

static uint64_t poll_each(void *context)
{
	struct arena *arena = context;
	uint64_t begin, took;

	herd_change(one_in_hundred);
	begin = spent_ns();
	ask_each(arena);
	took = spent_ns() - begin;
	for (size_t i = 0; i < arena->processes; i++) {
		arena->entries[i].now = arena->now[i];
		arena->entries[i].result = arena->now[i] != arena->entries[i].sequence;
	}
	check(arena, one_in_hundred);
	return took;
}

static uint64_t read_texts(void *context)
{
	const struct arena *arena = context;
	uint64_t begin = spent_ns();

	for (size_t i = 0; i < arena->repeat; i++)
		for (size_t k = 0; k < arena->processes; k++)
			if (bare_read(arena->entries[k].maps_fd) == 0)
				die("process number %zu has no mappings", k);
	return spent_ns() - begin;
}

/* Of the first mapping. */
static int query(int maps_fd)
{
	struct procmap_query q = {
		.size = sizeof(q),
		.query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
	};

	if (ioctl(maps_fd, PROCMAP_QUERY, &q) < 0)
		return -errno;
	return q.vma_end ? 0 : -ENODATA;
}

static uint64_t query_each(void *context)
{
	const struct arena *arena = context;
	uint64_t begin = spent_ns();

	for (size_t i = 0; i < arena->repeat; i++)
		for (size_t k = 0; k < arena->processes; k++)
			if (query(arena->entries[k].maps_fd) < 0)
				die("process number %zu has no mappings", k);
	return spent_ns() - begin;
}

static void hold(struct arena *arena, const char *how, turn *ours, const char *against,
		 turn *theirs)
{
	struct contest contest = {
		.bench = arena->bench,
		.against = against,
		.ours = ours,
		.theirs = theirs,
		.context = arena,
		.operations = arena->processes * arena->repeat,
	};

	snprintf(contest.setting, sizeof(contest.setting), "%zu, %zu changed, %s", arena->processes,
		 arena->changing, how);
	contest_hold(&contest, arena->effort);
}

/* At first all count as changed; and here also the only process of one is seen to change. */
static void prove(struct arena *arena)
{
	size_t noted;

	if (mapsnap_poll(mapsnap_bpf_sequence(arena->bpf), arena->entries, arena->processes,
			 &noted) < 0 ||
	    noted != arena->processes)
		die("a process is told unchanged that was never looked at");
	for (size_t i = 0; i < arena->processes; i++) {
		arena->entries[i].sequence = arena->entries[i].now;
		arena->entries[i].proved_ns = now_ns();
	}
	herd_change(first);
	if (mapsnap_poll(mapsnap_bpf_sequence(arena->bpf), arena->entries, arena->processes,
			 &noted) < 0)
		die("cannot ask which processes changed");
	check(arena, first);
}

static void open_arena(struct arena *arena, size_t processes)
{
	if (herd_most(1) < processes)
		die("cannot open %zu files; raise RLIMIT_NOFILE (ulimit -n)", processes);
	herd_start(processes);
	arena->processes = processes;
	arena->entries = calloc(processes, sizeof(*arena->entries));
	arena->now = calloc(processes, sizeof(*arena->now));
	if (!arena->entries || !arena->now)
		die("out of memory");
	for (size_t i = 0; i < processes; i++) {
		arena->entries[i].maps_fd = herd_maps_fd(i);
		arena->changing += one_in_hundred(i);
	}
	arena->repeat = arena->changing ? 1 : LEAST_ASKS / processes;
	prove(arena);
}

static void close_arena(struct arena *arena)
{
	free(arena->entries);
	free(arena->now);
	herd_stop();
}

static void hold_contests(struct arena *arena)
{
	hold(arena, "one batch", poll_batch, "whole text of each", read_texts);
	hold(arena, "one by one", poll_each, "whole text of each", read_texts);
	if (query(herd_maps_fd(0)) < 0) {
		fprintf(stderr,
			"mapsnap-bench: %s has no PROCMAP_QUERY to compare with: the kernel "
			"is older than 6.11\n",
			arena->bench);
		return;
	}
	hold(arena, "one batch", poll_batch, "a PROCMAP_QUERY of each", query_each);
	hold(arena, "one by one", poll_each, "a PROCMAP_QUERY of each", query_each);
}

void bench_poll(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 1, 100, 10000 }, tiny_sizes[] = { 1, 50 };
	const size_t *size = effort->tiny ? tiny_sizes : sizes;
	size_t n = effort->tiny ? 2 : 3;
	struct mapsnap_bpf *bpf = source_open_bpf(name);

	for (size_t i = 0; bpf && i < n; i++) {
		struct arena arena = { .bench = name, .effort = effort, .bpf = bpf };

		open_arena(&arena, size[i]);
		hold_contests(&arena);
		close_arena(&arena);
	}
	mapsnap_bpf_close(bpf);
}
