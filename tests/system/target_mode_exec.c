/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces in which nothing changes, and which end: by exec, or with
 * their process. What is torn then is what is cut off, and a mix of two.
 */
#include "target_mode.h"

static unsigned int pages(unsigned int statics)
{
	(void)statics;
	return 1;
}

/* One mapping that stays as it is. */
static void describe(struct target_arena *arena, unsigned int slot)
{
	target_arena_shape(arena);
	target_arena_piece(arena, slot,
			   (struct target_piece){ .to = 1, .permissions = MAPSNAP_READ });
}

/* One process. */
const struct target_mode target_mode_exec = {
	.name = "exec",
	.slots = 1,
	.places = 1,
	.shapes = 1,
	.ending = TARGET_EXECS,
	.seats = 1,
	.pages = pages,
	.describe = describe,
};

/*
 * Several, so that the kernel gives what one address space was described by to
 * another. With more, each would stand for long before it gets a processor to
 * end on, and hardly a read would meet that.
 */
const struct target_mode target_mode_execs = {
	.name = "execs",
	.slots = 1,
	.places = 1,
	.shapes = 1,
	.ending = TARGET_EXECS,
	.seats = TARGET_SEATS,
	.pages = pages,
	.describe = describe,
};

/* One process after the other. */
const struct target_mode target_mode_exit = {
	.name = "exit",
	.slots = 1,
	.places = 1,
	.shapes = 1,
	.ending = TARGET_EXITS,
	.seats = 1,
	.pages = pages,
	.describe = describe,
};

/* The same with one pid for all, each of which calls exec a few times. */
const struct target_mode target_mode_reuse = {
	.name = "reuse",
	.slots = 1,
	.places = 1,
	.shapes = 1,
	.ending = TARGET_REUSES,
	.seats = 1,
	.pages = pages,
	.describe = describe,
};
