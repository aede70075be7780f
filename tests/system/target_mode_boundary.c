/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bands that are always covered, with a boundary between two permissions that
 * mprotect moves. The mappings of half of them are of a file, and shared: their
 * offsets move too. None is both private and writable: the kernel would account
 * for it, and may then not merge it with one that never was.
 */
#include "target_mode.h"

#define PAGES 8

/* Forth and back, far and near. */
static const unsigned int boundary[] = { 1, 5, 3, 7 };
#define SHAPES (sizeof(boundary) / sizeof(boundary[0]))

static unsigned int pages(unsigned int statics)
{
	(void)statics;
	return PAGES;
}

static void describe(struct target_arena *arena, unsigned int slot)
{
	uint32_t file = target_arena_file(arena, slot);
	uint32_t low = file ? MAPSNAP_READ | MAPSNAP_SHARED : 0;
	uint32_t high = file ? MAPSNAP_READ | MAPSNAP_WRITE | MAPSNAP_SHARED : MAPSNAP_READ;

	for (unsigned int i = 0; i < SHAPES; i++) {
		target_arena_shape(arena);
		target_arena_piece(arena, slot,
				   (struct target_piece){
					   .to = boundary[i], .permissions = low, .file = file });
		target_arena_piece(arena, slot,
				   (struct target_piece){ .from = boundary[i],
							  .to = PAGES,
							  .permissions = high,
							  .file = file });
	}
}

static void change(struct target_arena *arena, unsigned int slot, unsigned int shape)
{
	const struct expected *now = target_arena_expected(arena, slot, shape);
	const struct expected *then = target_arena_expected(arena, slot, (shape + 1) % SHAPES);

	if (now->end < then->end)
		target_arena_protect(now->end, then->end, now[0].permissions);
	else
		target_arena_protect(then->end, now->end, now[1].permissions);
}

const struct target_mode target_mode_boundary = {
	.name = "boundary",
	.slots = 64,
	.places = 1,
	.shapes = SHAPES,
	.burst = 2,
	.pages = pages,
	.describe = describe,
	.change = change,
};
