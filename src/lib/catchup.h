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

#include "route.h"
#include "uapi/procmap_snapshot.h"

/*
 * The builder holds what the call gave that answered `torn`, with a cookie. DONE,
 * with the sequence in `reading` and whether a hold of the lock was needed;
 * CHANGED where the log does not reach back or it did not settle; or what a
 * route returns, but never FULL.
 */
int catch_up(struct reading *reading, const struct procmap_snapshot *torn);

#endif
