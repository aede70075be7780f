/* SPDX-License-Identifier: BSD-2-Clause */
/* How often a snapshot is verified while the process changes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "benches.h"
#include "layout.h"
#include "mover.h"
#include "opened.h"
#include "source.h"

#define MOST_READS       32768
#define DEFAULT_ATTEMPTS 5 /* of the library */

struct route {
	const char *name;
	uint32_t route;
	uint32_t filter;
};

static const struct route routes[] = {
	{ "text", MAPSNAP_ROUTE_TEXT, 0 },
	{ "query", MAPSNAP_ROUTE_QUERY, MAPSNAP_FILTER_NO_GATE },
	{ "snapshot", MAPSNAP_ROUTE_SNAPSHOT, 0 },
};

struct arena {
	const char *bench;
	const struct effort *effort;
	const struct mapsnap_sequence *sequence; /* NULL: the kernel's own */
	struct mover *mover;
	struct mapsnap_process *process;
	const struct route *route;
	struct mapsnap *at_rest;
};

struct tally {
	size_t reads;
	size_t verified;
	size_t attempts;
	double took_ns[MOST_READS];
};

static int read_once(const struct arena *arena, uint32_t attempts, struct mapsnap **snapshot)
{
	struct mapsnap_options options = {
		.size = sizeof(options),
		.filter = arena->route->filter,
		.sequence = arena->sequence,
		.attempts = attempts,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
		.route = arena->route->route,
	};

	return mapsnap_read(arena->process, &options, snapshot);
}

static bool is_verified(const struct mapsnap *snapshot)
{
	return mapsnap_info(snapshot)->consistency == MAPSNAP_VERIFIED;
}

static void print_missing(const char *where, const struct mapsnap *snapshot,
			  const struct mapsnap *other)
{
	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		const struct mapsnap_mapping *mapping = mapsnap_at(snapshot, i);
		const struct mapsnap_mapping *found = mapsnap_find(other, mapping->start);

		if (found && found->start == mapping->start && found->end == mapping->end)
			continue;
		fprintf(stderr, "mapsnap-bench: only %s: %" PRIx64 "-%" PRIx64 " %s\n", where,
			mapping->start, mapping->end, mapping->name);
	}
}

static void check(const struct arena *arena, const struct mapsnap *snapshot)
{
	if (mapsnap_count(snapshot) != mapsnap_count(arena->at_rest)) {
		print_missing("at rest", arena->at_rest, snapshot);
		print_missing("verified", snapshot, arena->at_rest);
		die("a snapshot is labelled verified that never held");
	}
	mover_check(arena->mover, snapshot);
}

/*
 * A read that ends after a change, and the next that begins at once, would keep step with
 * the target: all of one rate would fail, or none.
 */
static void fall_out_of_step(const struct arena *arena, double last_took_ns)
{
	static struct random random = { 88172645463325252u };
	uint64_t most = 2 * (uint64_t)last_took_ns + 1;
	struct timespec pause = { 0 };

	if (most > arena->mover->period_ns)
		most = arena->mover->period_ns;
	pause.tv_nsec = (long)(random_next(&random) % most);
	nanosleep(&pause, NULL);
}

static void count_result(const struct arena *arena, const struct mapsnap *snapshot,
			 struct tally *tally)
{
	tally->attempts += mapsnap_info(snapshot)->attempts;
	if (is_verified(snapshot)) {
		check(arena, snapshot);
		tally->verified++;
	}
}

/* By the snapshot call there may be nothing to give where nothing held still. */
static void add_read(const struct arena *arena, uint32_t attempts, struct tally *tally)
{
	struct mapsnap *snapshot = NULL;
	uint64_t begin = now_ns();
	int r = read_once(arena, attempts, &snapshot);

	if (r < 0 && r != -EAGAIN)
		die("cannot read the target: %s", mapsnap_error(arena->process));
	tally->took_ns[tally->reads++] = (double)(now_ns() - begin);
	if (r == 0)
		count_result(arena, snapshot, tally);
	else
		tally->attempts += attempts ? attempts : DEFAULT_ATTEMPTS;
	mapsnap_unref(snapshot);
	contest_heed_stop();
	fall_out_of_step(arena, tally->took_ns[tally->reads - 1]);
}

/* 0 attempts: as many as the library makes by itself. */
static void add_reads(const struct arena *arena, uint32_t attempts, struct tally *tally)
{
	uint64_t end = now_ns() + arena->effort->budget_ns / 3;

	tally->reads = tally->verified = tally->attempts = 0;
	while (tally->reads < arena->effort->least_rounds ||
	       (tally->reads < MOST_READS && now_ns() < end))
		add_read(arena, attempts, tally);
}

static double share(const struct tally *tally)
{
	return (double)tally->verified / (double)tally->reads;
}

static void print_attempts(const struct tally *tally)
{
	if (tally->verified)
		printf("\"attempts_mean\":%.2f,",
		       (double)tally->attempts / (double)tally->verified);
	else
		printf("\"attempts_mean\":null,");
}

static void measure(const struct arena *arena, unsigned int rate)
{
	static struct tally one, settled;
	uint64_t begin, moves;
	double seconds;

	mover_set_rate(arena->mover, rate);
	begin = now_ns();
	moves = arena->mover->moves;
	add_reads(arena, 1, &one);
	add_reads(arena, 0, &settled);
	seconds = (double)(now_ns() - begin) / 1e9;
	moves = arena->mover->moves - moves;
	if (moves == 0)
		die("the target does not change");
	mover_print_setting(arena->bench, mapsnap_count(arena->at_rest), rate);
	printf("\",\"route\":\"%s\",\"changes_per_second\":%.1f,\"mappings\":%zu,"
	       "\"share_one_attempt\":%.4f,\"share_settled\":%.4f,",
	       arena->route->name, (double)moves / seconds, mapsnap_count(arena->at_rest),
	       share(&one), share(&settled));
	print_attempts(&settled);
	printf("\"read_ns\":%.1f,\"rounds\":%zu}\n", percentile(settled.took_ns, settled.reads, 50),
	       one.reads + settled.reads);
	contest_flush();
}

/* False: this kernel has no such route. */
static bool look_at_rest(struct arena *arena)
{
	int r = read_once(arena, 0, &arena->at_rest);

	if (r == -EOPNOTSUPP) {
		fprintf(stderr, "mapsnap-bench: %s is left out for %s: %s\n", arena->bench,
			arena->route->name, mapsnap_error(arena->process));
		return false;
	}
	if (r)
		die("cannot read the target: %s", mapsnap_error(arena->process));
	if (!is_verified(arena->at_rest))
		die("a process that does not change is not verified");
	mover_check(arena->mover, arena->at_rest);
	return true;
}

static void measure_routes(struct arena *arena)
{
	static const unsigned int rates[] = { 1000, 100, 10, MOVER_FLAT_OUT };
	size_t n = arena->effort->tiny ? 1 : sizeof(rates) / sizeof(*rates);

	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		arena->route = &routes[i];
		if (!look_at_rest(arena))
			continue;
		for (size_t k = 0; k < n; k++)
			measure(arena, rates[k]);
		mover_set_rate(arena->mover, 0);
		mapsnap_unref(arena->at_rest);
	}
}

static void measure_size(struct arena *arena, size_t mappings)
{
	arena->mover = mover_start(TARGET_FILES, mappings);
	arena->process = opened_process(arena->mover->pid);
	measure_routes(arena);
	mapsnap_close(arena->process);
	mover_stop(arena->mover);
}

void bench_verified(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 500, 5000, 60000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);
	struct source source;

	if (!source_open(name, &source))
		return;
	for (size_t i = 0; i < n; i++) {
		struct arena arena = {
			.bench = name,
			.effort = effort,
			.sequence = source.sequence,
		};

		measure_size(&arena, sizes[i]);
	}
	source_close(&source);
}
