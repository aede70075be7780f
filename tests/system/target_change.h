/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps changing an arena, until it is time to end. */
#ifndef TARGET_CHANGE_H
#define TARGET_CHANGE_H

#include "target_arena.h"

#define TARGET_FLAT_OUT UINT64_MAX

/* So many changes a second on average, at random times; 0: none. */
void target_change(struct target_arena *arena, struct invariant *invariant, uint64_t rate);

#endif
