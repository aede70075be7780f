/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_cast.h"

#include <errno.h>
#include <stdio.h>

#include "die.h"

/* The last is the one that forks. */
static const struct {
	const char *mode, *mappings, *rate;
} roles[] = {
	{ "pairs", "64", "400" }, { "boundary", "64", "400" }, { "move", "40", "200" },
	{ "grow", "64", "200" },  { "exec", "30", "25" },      { "reuse", "30", "25" },
	{ "exit", "30", "20" },   { "fork", "40", "200" },
};

#define ROLES (sizeof(roles) / sizeof(roles[0]))

static void add_parts(struct table_cast *cast, const struct invariant *invariant)
{
	for (uint32_t seat = 0; seat < invariant->seats; seat++)
		cast->parts[cast->count++] =
			(struct cast_part){ .invariant = invariant, .seat = seat, .outs = 1 };
}

static void start(struct table_cast *cast, size_t i)
{
	struct started *target = &cast->targets[i];
	char arena[4];
	const char *const options[] = { "--mode", roles[i].mode, "--arena",
					arena,    "--mappings",  roles[i].mappings,
					"--rate", roles[i].rate, NULL };

	snprintf(arena, sizeof(arena), "%zu", i);
	errno = 0;
	if (!started_target(target, options))
		die("there is nobody to be resolved");
	cast->targets_count++;
	add_parts(cast, target->invariant);
}

void cast_start(struct table_cast *cast, bool forks)
{
	for (size_t i = 0; i < ROLES - !forks; i++)
		start(cast, i);
}

void cast_end(struct table_cast *cast)
{
	for (size_t i = 0; i < cast->targets_count; i++)
		started_end(&cast->targets[i]);
}

const char *cast_mode(const struct table_cast *cast, const struct cast_part *part)
{
	for (size_t i = 0; i < cast->targets_count; i++)
		if (cast->targets[i].invariant == part->invariant)
			return roles[i].mode;
	return "?";
}

struct cast_look cast_look(const struct cast_part *part)
{
	const struct invariant_seat *seat = invariant_seat(part->invariant, part->seat);
	struct cast_look look;

	do {
		look.moment = invariant_now(seat);
		look.pid = atomic_load(&seat->pid);
	} while (invariant_now(seat).number != look.moment.number);
	return look;
}

bool cast_has_own_pids(const struct cast_part *part)
{
	return part->invariant->spaces == 1 && !part->invariant->reuses;
}

/* Both in one: neither gets large in a run. */
#define SEQUENCE_BITS 40

void cast_raise_floor(struct cast_part *part, const struct invariant_moment *moment)
{
	uint64_t floor = moment->number << SEQUENCE_BITS | moment->sequence;
	uint64_t now = atomic_load(&part->floor);

	while (now < floor && !atomic_compare_exchange_weak(&part->floor, &now, floor))
		;
}

struct invariant_moment cast_floor(const struct cast_part *part, uint64_t number)
{
	uint64_t floor = atomic_load(&part->floor);
	struct invariant_moment moment = {
		.number = floor >> SEQUENCE_BITS,
		.sequence = floor & ((UINT64_C(1) << SEQUENCE_BITS) - 1),
	};

	if (cast_has_own_pids(part) && moment.number != number)
		return (struct invariant_moment){ .number = number };
	return moment;
}
