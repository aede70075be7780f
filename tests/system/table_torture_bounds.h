/* SPDX-License-Identifier: BSD-2-Clause */
/* Between which two moments a list of mappings must have held, and whether it did. */
#ifndef TABLE_TORTURE_BOUNDS_H
#define TABLE_TORTURE_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "table_torture_cast.h"

struct table_bounds {
	const struct cast_part *part;
	uint64_t number;               /* of an address space of the process; even */
	struct invariant_moment lower; /* a number of 0: whenever it was */
	struct invariant_moment upper;
};

/* What it is, if it is anything. */
struct table_shown {
	uint64_t number; /* of the address space; 0: it can't be told */
	bool unfinished; /* it was still being made */
};

/*
 * Whether these, all that is mapped in the arena, are the mappings of one address
 * space of that process at one instant between the bounds. Where not, `why` says so.
 */
bool table_bounds_hold(const struct table_bounds *bounds, const struct mapsnap_mapping *mappings,
		       size_t count, struct table_shown *shown, char *why, size_t size);

/* Whether one address space stood from the first moment to the last. */
bool table_bounds_stood(const struct table_bounds *bounds);

#endif
