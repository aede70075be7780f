/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping moved by mremap between two distant places: it is always in exactly one of them. */
#include "target_mode.h"

#define PAGES 4

static unsigned int pages(unsigned int statics)
{
	(void)statics;
	return PAGES;
}

static void describe(struct target_arena *arena, unsigned int slot)
{
	for (unsigned int which = 0; which < 2; which++) {
		target_arena_shape(arena);
		target_arena_piece(arena, slot,
				   (struct target_piece){
					   .which = which,
					   .to = PAGES,
					   .permissions = MAPSNAP_READ,
					   .file = target_arena_file(arena, slot),
				   });
	}
}

static void change(struct target_arena *arena, unsigned int slot, unsigned int shape)
{
	const struct expected *from = target_arena_expected(arena, slot, shape);
	const struct expected *to = target_arena_expected(arena, slot, !shape);

	target_arena_remap(from->start, from->end, to->start, to->end);
}

/* One mapping. */
const struct target_mode target_mode_move = {
	.name = "move",
	.slots = 1,
	.places = 2,
	.shapes = 2,
	.burst = 1,
	.pages = pages,
	.describe = describe,
	.change = change,
};

/* Many, one after the other. */
const struct target_mode target_mode_pairs = {
	.name = "pairs",
	.slots = 64,
	.places = 2,
	.shapes = 2,
	.burst = 1,
	.pages = pages,
	.describe = describe,
	.change = change,
};

/* The same, and after each few a child that has the parent's mappings of that instant. */
const struct target_mode target_mode_fork = {
	.name = "fork",
	.slots = 64,
	.places = 2,
	.shapes = 2,
	.burst = 4,
	.ending = TARGET_FORKS,
	.seats = TARGET_SEATS,
	.pages = pages,
	.describe = describe,
	.change = change,
};
