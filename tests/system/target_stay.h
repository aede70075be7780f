/* SPDX-License-Identifier: BSD-2-Clause */
/* The time between sitting down and getting up again, see invariant.h. */
#ifndef TARGET_STAY_H
#define TARGET_STAY_H

#include "invariant.h"

/* So many address spaces a second; flat out each stands about as long as it takes to read it. */
void target_stay_init(struct invariant *invariant, uint64_t rate);

/* One try at learning how long that is, from the address space that asks; false: it is known. */
bool target_stay_learn(struct invariant *invariant);

/* Takes a seat, with this sequence, for the process that asks. */
void target_stay_begin(struct invariant_seat *seat, uint64_t sequence);

/* How long this address space is to stand; different each time. */
uint64_t target_stay_ns(const struct invariant *invariant);

#endif
