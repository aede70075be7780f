/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of address ranges, in ascending order and apart. */
#ifndef RANGES_H
#define RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "mapsnap.h"
#include "uapi/procmap_snapshot.h"

struct ranges {
	struct procmap_range *list;
	size_t count;
};

void ranges_free(struct ranges *ranges);

/* Adds those of another set. Where two of them touch they become one. 0 or -ENOMEM. */
int ranges_add(struct ranges *ranges, const struct ranges *more);

/* Whether any byte of [start, end) is in the set. */
bool ranges_touch(const struct ranges *ranges, uint64_t start, uint64_t end);

#endif
