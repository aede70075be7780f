/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_change.h"

#include "clock.h"
#include "target_end.h"
#include "target_fork.h"
#include "target_mode.h"
#include "timing.h"

/* Flat out, so many bursts before a look at whether to end. */
#define CHECK_EVERY 64

/* Behind by more than this, changes are left out instead of made up for. */
#define MOST_BEHIND 100000000u /* ns */

void target_change_once(struct target_arena *arena, struct invariant_seat *seat)
{
	uint64_t n = atomic_load(&seat->sequence) / 2;

	invariant_change_begin(seat);
	arena->mode->change(arena, (unsigned int)(n % arena->slots),
			    (unsigned int)(n / arena->slots % arena->mode->shapes));
	invariant_change_end(seat);
}

static void burst(struct target_arena *arena, struct invariant *invariant)
{
	for (unsigned int i = 0; i < arena->mode->burst; i++)
		target_change_once(arena, invariant_seat(invariant, 0));
	if (arena->mode->ending == TARGET_FORKS)
		target_fork(arena, invariant);
}

static void change_flat_out(struct target_arena *arena, struct invariant *invariant)
{
	while (!target_end_within(0))
		for (unsigned int i = 0; i < CHECK_EVERY; i++)
			burst(arena, invariant);
}

static void change_at_rate(struct target_arena *arena, struct invariant *invariant, uint64_t rate)
{
	double mean = arena->mode->burst * 1e9 / (double)rate;
	uint64_t next = now_ns();

	for (;;) {
		uint64_t t = now_ns();

		if (t > next + MOST_BEHIND)
			next = t;
		if (target_end_within(next > t ? next - t : 0))
			return;
		if (next <= now_ns()) {
			burst(arena, invariant);
			next += timing_random(mean);
		}
	}
}

void target_change(struct target_arena *arena, struct invariant *invariant, uint64_t rate)
{
	if (arena->mode->ending == TARGET_FORKS)
		target_fork_init(invariant);
	if (rate == 0)
		target_end_within(TARGET_FOR_EVER);
	else if (rate == TARGET_FLAT_OUT)
		change_flat_out(arena, invariant);
	else
		change_at_rate(arena, invariant, rate);
}
