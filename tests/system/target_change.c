/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_change.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "target_end.h"
#include "target_mode.h"

/* Flat out, so many bursts before a look at whether to end. */
#define CHECK_EVERY 64

/* Behind by more than this, changes are left out instead of made up for. */
#define MOST_BEHIND 100000000u /* ns */

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void burst(struct target_arena *arena, struct invariant *invariant)
{
	const struct target_mode *mode = arena->mode;

	for (unsigned int i = 0; i < mode->burst; i++) {
		uint64_t n = atomic_load(&invariant->sequence) / 2;

		invariant_change_begin(invariant);
		mode->change(arena, (unsigned int)(n % arena->slots),
			     (unsigned int)(n / arena->slots % mode->shapes));
		invariant_change_end(invariant);
	}
}

static void change_flat_out(struct target_arena *arena, struct invariant *invariant)
{
	while (!target_end_within(0))
		for (unsigned int i = 0; i < CHECK_EVERY; i++)
			burst(arena, invariant);
}

/*
 * The time to the next of events that come at random: at even distances a
 * reader who waits for quiet would fall into step with them.
 */
static uint64_t random_gap(double mean)
{
	return (uint64_t)(-log(1 - drand48()) * mean);
}

static void change_at_rate(struct target_arena *arena, struct invariant *invariant, uint64_t rate)
{
	double mean = arena->mode->burst * 1e9 / (double)rate;
	uint64_t next = now();

	for (;;) {
		uint64_t t = now();

		if (t > next + MOST_BEHIND)
			next = t;
		if (target_end_within(next > t ? next - t : 0))
			return;
		if (next <= now()) {
			burst(arena, invariant);
			next += random_gap(mean);
		}
	}
}

void target_change(struct target_arena *arena, struct invariant *invariant, uint64_t rate)
{
	if (rate == 0)
		target_end_within(TARGET_FOR_EVER);
	else if (rate == TARGET_FLAT_OUT)
		change_flat_out(arena, invariant);
	else
		change_at_rate(arena, invariant, rate);
}
