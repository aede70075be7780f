/* SPDX-License-Identifier: BSD-2-Clause */
/* Many adjacent mappings, of which one mprotect changes all at once. */
#include "target_mode.h"

#define MOST 1000

static unsigned int pages(unsigned int statics)
{
	return statics < MOST ? statics : MOST;
}

/* Of one file after the other, so that neighbours stay apart. */
static void describe(struct target_arena *arena, unsigned int slot)
{
	uint32_t files = arena->files->count - 1;

	for (unsigned int i = 0; i < 2; i++) {
		target_arena_shape(arena);
		for (unsigned int page = 0; page < arena->place_pages; page++)
			target_arena_piece(arena, slot,
					   (struct target_piece){
						   .from = page,
						   .to = page + 1,
						   .permissions = i ? MAPSNAP_READ : 0,
						   .file = 1 + page % files,
					   });
	}
}

static void change(struct target_arena *arena, unsigned int slot, unsigned int shape)
{
	const struct expected *then = target_arena_expected(arena, slot, !shape);

	target_arena_protect(target_arena_at(arena, slot, 0, 0),
			     target_arena_at(arena, slot, 0, arena->place_pages),
			     then->permissions);
}

const struct target_mode target_mode_wide = {
	.name = "wide",
	.slots = 1,
	.places = 1,
	.shapes = 2,
	.burst = 1,
	.pages = pages,
	.describe = describe,
	.change = change,
};
