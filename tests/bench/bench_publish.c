/* SPDX-License-Identifier: BSD-2-Clause */
/* What readers of a table feel of it being brought up to date. */
#include <stdio.h>
#include <stdlib.h>

#include "benches.h"
#include "crew.h"
#include "lookup.h"

#define SLICE_NS    50000000
#define TINY_NS     5000000
#define MOST_ROUNDS 101
#define HABITS      3

/* A value for each round. */
struct tally {
	double per_second[HABITS][MOST_ROUNDS];
	double published[MOST_ROUNDS], published_cpu[MOST_ROUNDS]; /* as a share of at rest */
	double elsewhere[MOST_ROUNDS];
	double publications[MOST_ROUNDS]; /* a second */
	size_t rounds;
};

struct arena {
	const char *bench;
	const struct effort *effort;
	struct publisher *publisher;
	size_t mappings, threads;
	struct lookup lookups[CREW_MOST];
};

static void look_up(void *context, size_t thread)
{
	const struct arena *arena = context;
	const struct lookup *lookup = &arena->lookups[thread];

	if (lookup_by_table(lookup) != lookup->sum)
		die("a lookup found something else than the reference");
	lookup_check_place(lookup);
}

static struct crew_result run_slice(struct arena *arena, enum publisher_habit habit,
				    struct tally *tally)
{
	uint64_t duration = arena->effort->tiny ? TINY_NS : SLICE_NS, began, before;
	struct publisher *publisher = arena->publisher;
	struct crew_result result;

	publisher_set(publisher, habit);
	began = now_ns();
	before = publisher->publications;
	result = crew_run(arena->threads, duration, look_up, arena);
	if (habit == PUBLISHER_PUBLISHES)
		tally->publications[tally->rounds] = (double)(publisher->publications - before) *
						     1e9 / (double)(now_ns() - began);
	return result;
}

static void note_ratios(struct tally *tally, const struct crew_result *results)
{
	const struct crew_result *rest = &results[PUBLISHER_RESTS];
	const struct crew_result *published = &results[PUBLISHER_PUBLISHES];
	size_t i = tally->rounds;

	for (size_t k = 0; k < HABITS; k++)
		tally->per_second[k][i] = results[k].per_second * LOOKUP_ADDRESSES;
	tally->published[i] = published->per_second / rest->per_second;
	tally->published_cpu[i] = published->per_cpu_second / rest->per_cpu_second;
	tally->elsewhere[i] = results[PUBLISHER_ELSEWHERE].per_second / rest->per_second;
}

/* In turns; who begins changes from round to round. */
static void run_round(struct arena *arena, struct tally *tally)
{
	struct crew_result results[HABITS];

	for (size_t k = 0; k < HABITS; k++) {
		enum publisher_habit habit = (enum publisher_habit)((tally->rounds + k) % HABITS);

		results[habit] = run_slice(arena, habit, tally);
	}
	note_ratios(tally, results);
	tally->rounds++;
	contest_heed_stop();
}

static void print(const struct arena *arena, struct tally *tally)
{
	size_t n = tally->rounds;
	double load = 0;

	getloadavg(&load, 1);
	printf("{\"bench\":\"%s\",\"setting\":\"%zu, %zu thread%s\",\"publications_per_second\":"
	       "%.0f,\"at_rest_per_second\":%.4g,\"published_per_second\":%.4g,"
	       "\"ratio\":%.4f,\"ratio_p10\":%.4f,\"ratio_p90\":%.4f,\"ratio_cpu\":%.4f,"
	       "\"ratio_elsewhere\":%.4f,\"load\":%.2f,\"rounds\":%zu}\n",
	       arena->bench, arena->mappings, arena->threads, arena->threads > 1 ? "s" : "",
	       percentile(tally->publications, n, 50),
	       percentile(tally->per_second[PUBLISHER_RESTS], n, 50),
	       percentile(tally->per_second[PUBLISHER_PUBLISHES], n, 50),
	       percentile(tally->published, n, 50), percentile(tally->published, n, 10),
	       percentile(tally->published, n, 90), percentile(tally->published_cpu, n, 50),
	       percentile(tally->elsewhere, n, 50), load, n);
	contest_flush();
}

static void measure(struct arena *arena)
{
	static struct tally tally;
	uint64_t end = now_ns() + 5 * arena->effort->budget_ns;

	for (size_t i = 0; i < arena->threads; i++)
		lookup_begin(&arena->lookups[i], arena->publisher, LOOKUP_RANDOM);
	tally.rounds = 0;
	while (tally.rounds < arena->effort->least_rounds ||
	       (tally.rounds < MOST_ROUNDS && now_ns() < end))
		run_round(arena, &tally);
	print(arena, &tally);
	for (size_t i = 0; i < arena->threads; i++)
		lookup_end(&arena->lookups[i]);
}

void bench_publish(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 500, 5000, 60000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);
	struct arena arena = { .bench = name, .effort = effort };

	for (size_t i = 0; i < n; i++) {
		arena.mappings = sizes[i];
		arena.publisher = publisher_start(TARGET_ANONYMOUS, sizes[i]);
		for (arena.threads = 1; arena.threads <= CREW_MOST; arena.threads++)
			measure(&arena);
		publisher_stop(arena.publisher);
	}
}
