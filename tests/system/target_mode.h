/* SPDX-License-Identifier: BSD-2-Clause */
/* A kind of change that a target keeps making: one system call each. */
#ifndef TARGET_MODE_H
#define TARGET_MODE_H

#include "target_arena.h"

/* At most. */
#define TARGET_SEATS 4

/* How the address spaces of a target end. */
enum target_ending {
	TARGET_STAYS, /* not before the target */
	TARGET_EXECS,
	TARGET_EXITS,
	TARGET_REUSES, /* both, and a process has the pid of the one before it */
	TARGET_FORKS, /* the target stays, and its children exit */
};

struct target_mode {
	const char *name;
	unsigned int slots;  /* at most; 1 or even */
	unsigned int places; /* of a slot: 1, or 2 far from each other */
	unsigned int shapes; /* of a slot */
	/*
	 * Changes made one right after the other. One change alone does not
	 * tear what lies in one place: it was read before it or after it.
	 */
	unsigned int burst;
	enum target_ending ending;
	unsigned int seats; /* for so many address spaces at a time; 0 where it stays */
	/* The size of a place, with so many static mappings around. */
	unsigned int (*pages)(unsigned int statics);
	/* Adds the slot's shapes, in order, by target_arena_shape() and target_arena_moving(). */
	void (*describe)(struct target_arena *arena, unsigned int slot);
	/* Makes the change that leads from this shape to the next. */
	void (*change)(struct target_arena *arena, unsigned int slot, unsigned int shape);
};

/* All of them; NULL behind the last. */
extern const struct target_mode *const target_modes[];

/* By name, or NULL. */
const struct target_mode *target_mode_find(const char *name);

#endif
