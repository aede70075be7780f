/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps changing an arena, until it is time to end. */
#ifndef TARGET_CHANGE_H
#define TARGET_CHANGE_H

#include "target_arena.h"

#define TARGET_FLAT_OUT UINT64_MAX

/* The next change, in the address space that has this seat. */
void target_change_once(struct target_arena *arena, struct invariant_seat *seat);

/* So many changes a second on average, at random times; 0: none. */
void target_change(struct target_arena *arena, struct invariant *invariant, uint64_t rate);

#endif
