/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <errno.h>
#include <time.h>

#define SECOND 1000000000ull

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* Who is there already is left to the round. */
static bool is_known(const struct watch *watch, pid_t pid)
{
	struct mapsnap_member member;

	return mapsnap_table_member(watch->table, pid, &member) == 0;
}

/* Processes come and go all the time: to miss one is no failure. */
static void add(struct watch *watch, pid_t pid, uint64_t *refused)
{
	int r;

	if (is_known(watch, pid))
		return;
	r = mapsnap_table_add(watch->table, pid);
	*refused += r && r != -ESRCH;
}

static void search(struct watch *watch)
{
	const struct watch_options *options = &watch->options;
	struct targets found = { 0 };
	uint64_t refused = 0;

	for (size_t i = 0; i < options->pid_count; i++)
		add(watch, options->pids[i], &refused);
	if (options->pid_count == 0 && targets_find(&found, &options->criteria) > 0)
		for (size_t i = 0; i < found.count; i++)
			add(watch, found.list[i].pid, &refused);
	targets_free(&found);
	atomic_store(&watch->counts.refused, refused);
}

static void count(struct watch_counts *counts, const struct mapsnap_table_round *round)
{
	atomic_fetch_add(&counts->rounds, 1);
	atomic_fetch_add(&counts->asked, round->asked);
	atomic_fetch_add(&counts->changed, round->changed);
	atomic_fetch_add(&counts->replaced, round->replaced);
	atomic_fetch_add(&counts->ended, round->ended);
	atomic_fetch_add(&counts->unsettled, round->unsettled);
	atomic_fetch_add(&counts->failed, round->failed);
	atomic_fetch_add(&counts->round_ns, round->ended_ns - round->began_ns);
	atomic_store(&counts->last_ns, round->ended_ns);
	atomic_store(&counts->processor_ns, clock_ns(CLOCK_THREAD_CPUTIME_ID));
}

static int make_table(struct watch *watch)
{
	const struct watch_options *options = &watch->options;
	struct mapsnap_options read = {
		.size = sizeof(read),
		.sequence = options->sequence,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_table_options table = {
		.size = sizeof(table),
		.read = &read,
		.keep_ns = options->keep_ns,
		.memory = options->memory,
		.flags = MAPSNAP_TABLE_NO_BUILD_IDS,
	};

	return mapsnap_table_new(&table, &watch->table);
}

int watch_init(struct watch *watch, const struct watch_options *options)
{
	*watch = (struct watch){ .options = *options };
	return make_table(watch);
}

void watch_free(struct watch *watch)
{
	mapsnap_table_free(watch->table);
}

uint64_t watch_round(struct watch *watch)
{
	uint64_t next = clock_ns(CLOCK_MONOTONIC) + watch->options.interval_ns;
	struct mapsnap_table_round round;

	search(watch);
	if (mapsnap_table_refresh(watch->table, &round) == 0)
		count(&watch->counts, &round);
	return next;
}
