/* SPDX-License-Identifier: BSD-2-Clause */
/* Made-up address spaces, the same in each run, and addresses to look up in them. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

struct random {
	uint64_t state; /* not 0 */
};

uint64_t random_next(struct random *random);

/*
 * A snapshot of so many mappings, five of each file, with some gaps. With
 * `changes` not 0, so many mappings, evenly spread, have another offset.
 */
struct mapsnap *layout_snapshot(size_t mappings, size_t changes);

/* As samples would have them: 19 of 20 in a random mapping, the others behind one or anywhere. */
void layout_addresses(const struct mapsnap *snapshot, uint64_t *addresses, size_t n);

#endif
