/* SPDX-License-Identifier: BSD-2-Clause */
/* From addresses to files, in a table that is kept up to date meanwhile. */
#include <stdio.h>
#include <sys/ioctl.h>

#include "benches.h"
#include "crew.h"
#include "lookup.h"
#include "uapi/procmap_query.h"

#define TURN_NS 10000000

struct arena {
	const char *bench;
	const struct effort *effort;
	struct publisher *publisher;
	size_t mappings;
	size_t threads;
	enum lookup_order order;
	struct lookup lookups[CREW_MOST];
	lookup_way *way, *rival;
};

static void look_up(void *context, size_t thread)
{
	const struct arena *arena = context;
	const struct lookup *lookup = &arena->lookups[thread];

	if (arena->way(lookup) != lookup->sum)
		die("a lookup found something else than the reference");
	lookup_check_place(lookup);
}

/* On the wall: who waits for a lock takes no processor time. */
static uint64_t turn(struct arena *arena, lookup_way *way)
{
	struct crew_result result;

	arena->way = way;
	result = crew_run(arena->threads, TURN_NS, look_up, arena);
	return (uint64_t)((double)arena->threads * 1e9 / result.per_second);
}

static uint64_t resolve(void *context)
{
	return turn(context, lookup_by_table);
}

static uint64_t resolve_by_rival(void *context)
{
	struct arena *arena = context;

	return turn(arena, arena->rival);
}

static void hold(struct arena *arena, const char *against, lookup_way *rival)
{
	static const char *const orders[] = { "64 random", "64 ascending", "one by one" };
	struct contest contest = {
		.bench = arena->bench,
		.against = against,
		.ours = resolve,
		.theirs = resolve_by_rival,
		.context = arena,
		.operations = LOOKUP_ADDRESSES,
	};

	arena->rival = rival;
	snprintf(contest.setting, sizeof(contest.setting), "%zu, %s, %zu thread%s", arena->mappings,
		 orders[arena->order], arena->threads, arena->threads > 1 ? "s" : "");
	contest_hold(&contest, arena->effort);
}

static bool can_query(const struct arena *arena)
{
	struct procmap_query q = {
		.size = sizeof(q),
		.query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
	};

	return ioctl(arena->lookups[0].maps_fd, PROCMAP_QUERY, &q) == 0;
}

static void hold_contests(struct arena *arena)
{
	for (size_t i = 0; i < arena->threads; i++)
		lookup_begin(&arena->lookups[i], arena->publisher, arena->order);
	hold(arena, "sorted array without updates", lookup_by_search);
	hold(arena, "snapshot under a mutex", lookup_by_mutex);
	if (can_query(arena))
		hold(arena, "a PROCMAP_QUERY of each", lookup_by_query);
	for (size_t i = 0; i < arena->threads; i++)
		lookup_end(&arena->lookups[i]);
}

/* It is not among the results: no contest. */
static void tell_rate(const struct arena *arena, uint64_t began_ns)
{
	fprintf(stderr, "mapsnap-bench: %s, %zu: %.0f snapshots a second were published\n",
		arena->bench, arena->mappings,
		(double)arena->publisher->publications * 1e9 / (double)(now_ns() - began_ns));
}

static void hold_size(struct arena *arena, size_t mappings)
{
	uint64_t began_ns;

	arena->mappings = mappings;
	arena->publisher = publisher_start(TARGET_FILES, mappings);
	publisher_set(arena->publisher, PUBLISHER_PUBLISHES);
	began_ns = now_ns();
	for (arena->threads = 1; arena->threads <= CREW_MOST; arena->threads++)
		for (arena->order = 0; arena->order <= LOOKUP_ONE_BY_ONE; arena->order++)
			hold_contests(arena);
	tell_rate(arena, began_ns);
	publisher_stop(arena->publisher);
}

void bench_resolve(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 500, 5000, 60000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);
	struct arena arena = { .bench = name, .effort = effort };

	for (size_t i = 0; i < n; i++)
		hold_size(&arena, sizes[i]);
}
