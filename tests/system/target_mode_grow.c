/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings that grow and shrink at both ends. */
#include "target_mode.h"

#define PAGES 6

enum {
	SMALL,
	LONGER,
	LONGEST,
	EARLIER,
	SHAPES
};

/* Pages [from, to) of each shape; each differs from the one before at one end. */
static const struct {
	unsigned int from, to;
} extent[SHAPES] = {
	[SMALL] = { 2, 4 },
	[LONGER] = { 2, 6 },
	[LONGEST] = { 0, 6 },
	[EARLIER] = { 0, 4 },
};

static unsigned int pages(unsigned int statics)
{
	(void)statics;
	return PAGES;
}

static void describe(struct target_arena *arena, unsigned int slot)
{
	for (unsigned int i = 0; i < SHAPES; i++) {
		target_arena_shape(arena);
		target_arena_piece(arena, slot,
				   (struct target_piece){
					   .from = extent[i].from,
					   .to = extent[i].to,
					   .permissions = MAPSNAP_READ,
					   .file = target_arena_file(arena, slot),
				   });
	}
}

/* The kernel merges what is mapped just before a mapping of the same kind. */
static void grow_at_start(const struct target_arena *arena, const struct expected *now,
			  const struct expected *then)
{
	struct expected head = *then;

	head.end = now->start;
	target_arena_map(arena, &head);
}

static void change(struct target_arena *arena, unsigned int slot, unsigned int shape)
{
	const struct expected *now = target_arena_expected(arena, slot, shape);
	const struct expected *then = target_arena_expected(arena, slot, (shape + 1) % SHAPES);

	switch (shape) {
	case SMALL:
		target_arena_remap(now->start, now->end, then->start, then->end);
		break;
	case LONGER:
		grow_at_start(arena, now, then);
		break;
	case LONGEST:
		target_arena_unmap(then->end, now->end);
		break;
	case EARLIER:
		target_arena_unmap(now->start, then->start);
		break;
	}
}

const struct target_mode target_mode_grow = {
	.name = "grow",
	.slots = 64,
	.places = 1,
	.shapes = SHAPES,
	.burst = 2,
	.pages = pages,
	.describe = describe,
	.change = change,
};
