/* SPDX-License-Identifier: BSD-2-Clause */
/* How long it takes to a labelled snapshot of a busy process, and for how long its lock is held
 * meanwhile. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "benches.h"
#include "holds.h"
#include "mapsnap.h"
#include "mover.h"
#include "opened.h"

#define MOST_READS 4096

struct way {
	const char *name;
	struct mapsnap_options options;
	bool refresh;
};

static const struct mapsnap_sequence no_sequence = { .size = sizeof(no_sequence) };

#define OPTIONS(...) .options = { .size = sizeof(struct mapsnap_options), __VA_ARGS__ }
#define UNVERIFIED   .fallback = MAPSNAP_FALLBACK_UNVERIFIED

static const struct way ways[] = {
	{ .name = "retry only", OPTIONS(UNVERIFIED, .route = MAPSNAP_ROUTE_TEXT) },
	{ .name = "catch-up", OPTIONS(UNVERIFIED) },
	{ .name = "catch-up of the last", OPTIONS(UNVERIFIED), .refresh = true },
	{ .name = "whole lock",
	  OPTIONS(.fallback = MAPSNAP_FALLBACK_LOCKED, .sequence = &no_sequence) },
};

#define WAYS (sizeof(ways) / sizeof(*ways))

struct tally {
	size_t reads, verified, held, locked, overflows;
	double took_us[MOST_READS]; /* to a labelled snapshot */
};

struct arena {
	const char *bench;
	const struct effort *effort;
	struct mover *mover;
	struct mapsnap_process *process;
	struct mapsnap *last;
	size_t mappings;
	struct holds holds;
};

static void count_label(const struct arena *arena, struct tally *tally,
			const struct mapsnap *snapshot, double took_us)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	tally->reads++;
	tally->overflows += info->overflows;
	if (info->consistency == MAPSNAP_UNVERIFIED)
		return;
	mover_check(arena->mover, snapshot);
	tally->took_us[tally->verified + tally->held + tally->locked] = took_us;
	tally->verified += info->consistency == MAPSNAP_VERIFIED;
	tally->held += info->reason == MAPSNAP_REASON_HELD;
	tally->locked += info->reason == MAPSNAP_REASON_LOCKED;
}

static void read_once(struct arena *arena, const struct way *way, struct tally *tally)
{
	uint64_t begin = now_ns();
	struct mapsnap *snapshot;
	int r;

	if (way->refresh && arena->last)
		r = mapsnap_refresh(arena->process, &way->options, arena->last, &snapshot);
	else
		r = mapsnap_read(arena->process, &way->options, &snapshot);
	if (r == -EAGAIN) {
		tally->reads++;
		return;
	}
	if (r)
		die("cannot read the target: %s", mapsnap_error(arena->process));
	if (snapshot != arena->last)
		count_label(arena, tally, snapshot, (double)(now_ns() - begin) / 1e3);
	mapsnap_unref(arena->last);
	arena->last = snapshot;
}

static void print(struct arena *arena, const struct way *way, unsigned int rate,
		  struct tally *tally)
{
	size_t labelled = tally->verified + tally->held + tally->locked;
	size_t holds = arena->holds.count;

	mover_print_setting(arena->bench, arena->mappings, rate);
	printf("\",\"way\":\"%s\",\"reads\":%zu,\"verified\":%zu,\"held\":%zu,\"locked\":%zu,"
	       "\"overflows\":%zu,\"holds\":%zu",
	       way->name, tally->reads, tally->verified, tally->held, tally->locked,
	       tally->overflows, holds);
	if (labelled)
		printf(",\"took_p50_us\":%.0f,\"took_p99_us\":%.0f",
		       percentile(tally->took_us, labelled, 50),
		       percentile(tally->took_us, labelled, 99));
	if (holds)
		printf(",\"hold_p50_us\":%.0f,\"hold_p99_us\":%.0f,\"hold_max_us\":%.0f",
		       percentile(arena->holds.took_us, holds, 50),
		       percentile(arena->holds.took_us, holds, 99),
		       percentile(arena->holds.took_us, holds, 100));
	puts("}");
	contest_flush();
}

static void measure(struct arena *arena, const struct way *way, unsigned int rate)
{
	static struct tally tally;
	uint64_t end;

	memset(&tally, 0, offsetof(struct tally, took_us));
	mover_set_rate(arena->mover, rate);
	holds_begin(&arena->holds);
	end = now_ns() + arena->effort->budget_ns;
	while (tally.reads < arena->effort->least_rounds ||
	       (tally.reads < MOST_READS && now_ns() < end)) {
		read_once(arena, way, &tally);
		contest_heed_stop();
	}
	holds_end(&arena->holds);
	mover_set_rate(arena->mover, 0);
	print(arena, way, rate, &tally);
}

static void measure_size(struct arena *arena, size_t mappings)
{
	static const unsigned int rates[] = { 10, 1000, MOVER_FLAT_OUT };
	size_t n = arena->effort->tiny ? 1 : sizeof(rates) / sizeof(*rates);

	arena->mover = mover_start(TARGET_FILES, mappings);
	arena->mappings = mappings;
	arena->process = opened_process(arena->mover->pid);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < WAYS; k++)
			measure(arena, &ways[k], rates[i]);
	mapsnap_unref(arena->last);
	arena->last = NULL;
	mapsnap_close(arena->process);
	mover_stop(arena->mover);
}

/* Whether the kernel can read under the lock, as only one with the snapshot call can. */
static bool possible(struct arena *arena)
{
	struct mapsnap *snapshot;
	int r;

	arena->process = opened_process(getpid());
	r = mapsnap_read(arena->process, &ways[WAYS - 1].options, &snapshot);
	mapsnap_close(arena->process);
	if (r) {
		fprintf(stderr, "mapsnap-bench: %s is left out: no PROCMAP_SNAPSHOT\n",
			arena->bench);
		return false;
	}
	mapsnap_unref(snapshot);
	return holds_open(&arena->holds, arena->bench);
}

void bench_hold(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 500, 5000, 30000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);
	static struct arena arena;

	arena.bench = name;
	arena.effort = effort;
	if (!possible(&arena))
		return;
	for (size_t i = 0; i < n; i++)
		measure_size(&arena, sizes[i]);
	holds_close(&arena.holds);
}
