/* SPDX-License-Identifier: BSD-2-Clause */
/* Children of a target: each begins with the mappings that its parent had at that instant. */
#ifndef TARGET_FORK_H
#define TARGET_FORK_H

#include "target_arena.h"

/* Learns how long children are to stay. */
void target_fork_init(struct invariant *invariant);

/*
 * Starts one. Every other exits at once; of the others, every other one changes
 * its own mappings until then. Between two changes only.
 */
void target_fork(struct target_arena *arena, struct invariant *invariant);

#endif
