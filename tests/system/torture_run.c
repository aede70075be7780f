/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "clock.h"
#include "die.h"
#include "kernel_source.h"
#include "started.h"
#include "timing.h"
#include "torture.h"
#include "torture_chain.h"
#include "torture_reading.h"

/* How long it may take until another address space stands, of 60,000 mappings on a busy machine. */
#define PATIENCE 30000000000u /* ns */
#define A_MOMENT 20000u       /* ns */

/* With each plain read so many links of a chain; and after so many plain reads the target rests. */
#define LINKS   10
#define UNRESTS 20

/* The last one of a seat, kept open until the next one is there. */
struct held {
	struct torture_subject subject;
	struct mapsnap *snapshot;
	uint64_t seen; /* the number that the seat had last */
};

struct run {
	struct started target;
	const struct invariant *invariant;
	struct torture_reader reader;
	struct held *held; /* one for each seat */
	uint32_t seat;     /* the last that was read */
	bool chained;
	struct torture_chain chain;
};

/*
 * The target gets a processor that is not ours, where there is one: on the same
 * one it could change nothing during a short read.
 */
static void part_from(const struct run *run)
{
	cpu_set_t ours, others;
	int cpu = sched_getcpu();

	if (cpu < 0 || sched_getaffinity(0, sizeof(others), &others) || CPU_COUNT(&others) < 2)
		return;
	CPU_ZERO(&ours);
	CPU_SET(cpu, &ours);
	CPU_CLR(cpu, &others);
	sched_setaffinity(0, sizeof(ours), &ours);
	sched_setaffinity(run->target.pid, sizeof(others), &others);
	for (uint32_t i = 0; i < run->invariant->seats; i++)
		sched_setaffinity(atomic_load(&invariant_seat(run->invariant, i)->pid),
				  sizeof(others), &others);
}

static void begin(struct run *run, const struct torture_settings *settings)
{
	const char *const arguments[] = {
		"--mode",           settings->mode,    "--mappings",
		settings->mappings, "--rate",          settings->rate,
		"--backing",        settings->backing, NULL,
	};

	errno = 0;
	if (!started_target(&run->target, arguments))
		die("there is nothing to read");
	run->invariant = run->target.invariant;
	part_from(run);
	run->held = calloc(run->invariant->seats, sizeof(*run->held));
	if (!run->held)
		die("no memory for %u seats", run->invariant->seats);
	run->reader.options = settings->options;
	if (!torture_source_make(&run->reader.source, settings->source,
				 &run->reader.options.sequence))
		die("no source is called %s", settings->source);
}

static void end(struct run *run)
{
	torture_chain_end(&run->chain);
	for (uint32_t i = 0; i < run->invariant->seats; i++) {
		mapsnap_unref(run->held[i].snapshot);
		if (run->held[i].subject.process)
			torture_subject_close(&run->held[i].subject);
	}
	free(run->held);
	maps_text_free(&run->reader.text);
	kernel_source_close();
	started_end(&run->target);
}

/* Where one stands that has not been read yet, or that stays. */
static bool worth_a_visit(const struct run *run, uint32_t seat)
{
	uint64_t number = invariant_now(invariant_seat(run->invariant, seat)).number;

	return number % 2 == 0 &&
	       (number != run->held[seat].seen || (seat == 0 && run->invariant->stays));
}

/* The next seat in turn that is worth it; waits for one. */
static uint32_t next_seat(struct run *run)
{
	uint64_t since = now_ns();

	while (now_ns() - since < PATIENCE) {
		for (uint32_t i = 0; i < run->invariant->seats; i++) {
			run->seat = (run->seat + 1) % run->invariant->seats;
			if (worth_a_visit(run, run->seat))
				return run->seat;
		}
		timing_sleep(A_MOMENT);
	}
	errno = 0;
	die("the target does not go on");
}

static bool open_next(struct run *run, struct torture_subject *subject, uint32_t seat)
{
	if (!torture_subject_open(subject, run->invariant, seat))
		return false;
	run->held[seat].seen = subject->space.number;
	return true;
}

static void visit_plain(struct run *run)
{
	struct torture_subject subject;

	while (!open_next(run, &subject, next_seat(run)))
		;
	torture_read_plain(&run->reader, &subject);
	torture_subject_close(&subject);
}

static struct mapsnap *read_labelled(struct run *run, const struct held *held, struct mapsnap *old)
{
	struct mapsnap_diff changes;

	return torture_read_labelled(&run->reader, &held->subject, old, &changes);
}

/* What was opened before its successor came: it must not be taken for that. */
static void read_held(struct run *run, struct held *held)
{
	struct invariant_moment now;

	if (!held->subject.process)
		return;
	now = invariant_now(held->subject.seat);
	if (torture_subject_over(&held->subject, &now)) {
		if (held->snapshot)
			mapsnap_unref(read_labelled(run, held, held->snapshot));
		mapsnap_unref(read_labelled(run, held, NULL));
	}
	torture_subject_close(&held->subject);
}

/*
 * By a new descriptor, every other time by refreshing what was read of the
 * address space before it; then that refreshed.
 */
static void visit_labelled(struct run *run, bool refresh)
{
	struct mapsnap *old, *snapshot;
	struct held *held;

	do {
		held = &run->held[next_seat(run)];
		read_held(run, held);
	} while (!open_next(run, &held->subject, run->seat));
	old = held->snapshot;
	snapshot = read_labelled(run, held, refresh ? old : NULL);
	mapsnap_unref(old);
	held->snapshot = snapshot;
	if (!snapshot)
		return;
	held->snapshot = read_labelled(run, held, snapshot);
	mapsnap_unref(snapshot);
}

static void follow_chain(struct run *run, bool rest)
{
	run->chain.reader = &run->reader;
	run->chain.subject = &run->held[0].subject;
	for (int i = 0; i < LINKS; i++)
		torture_chain_follow(&run->chain);
	if (rest)
		torture_chain_compare(&run->chain, &run->target);
}

/* One address space that stays is opened once. */
static void read_staying(struct run *run, uint64_t i)
{
	struct held *held = &run->held[0];

	if (!held->subject.process && !open_next(run, &held->subject, 0))
		die("the target did not stay");
	torture_read_plain(&run->reader, &held->subject);
	if (run->chained)
		follow_chain(run, i % UNRESTS == UNRESTS - 1);
	else
		mapsnap_unref(read_labelled(run, held, NULL));
}

static void read_one_of_each(struct run *run, uint64_t i)
{
	if (run->invariant->stays && run->invariant->seats == 1) {
		read_staying(run, i);
		return;
	}
	visit_plain(run);
	visit_labelled(run, i % 2);
}

/* Address spaces, and changes of the one that stays. */
static uint64_t changes(const struct run *run)
{
	uint64_t n = invariant_now(invariant_seat(run->invariant, 0)).sequence / 2;

	for (uint32_t i = 0; i < run->invariant->seats; i++)
		n += invariant_now(invariant_seat(run->invariant, i)).number / 2;
	return n;
}

void torture_run(const struct torture_settings *settings, struct torture_result *result)
{
	struct run run = { .reader.result = result, .chained = settings->chained };
	uint64_t since, before, limit = settings->seconds * 1000000000u;

	*result = (struct torture_result){ 0 };
	begin(&run, settings);
	since = now_ns();
	before = changes(&run);
	for (uint64_t i = 0; i < settings->reads && (!limit || now_ns() - since < limit); i++)
		read_one_of_each(&run, i);
	result->changes = changes(&run) - before;
	result->changes_per_second = (double)result->changes * 1e9 / (double)(now_ns() - since);
	end(&run);
}
