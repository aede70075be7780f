/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a list of mappings that saw changes to the list of one instant: by what
 * changed since, again and again, until nothing did meanwhile.
 *
 * What the kernel's log says for certain is that a mapping outside of the ranges
 * is as it was. So how torn the list was, or a step on the way, does not matter.
 */
#ifndef CATCHUP_H
#define CATCHUP_H

#include "ranges.h"
#include "route.h"

/*
 * From a list that began at `since`, with the cookie of `reading`. Where `all` is
 * NULL the builder holds that list, and then the one of one instant. Otherwise
 * it is empty, and then holds what came in place of what stood in `all`.
 *
 * DONE, with the sequence in `reading` and whether a hold of the lock was needed;
 * CHANGED where the log does not reach back or it did not settle; or what a
 * route returns, but never FULL.
 */
int catch_up(struct reading *reading, uint64_t since, struct ranges *all);

#endif
