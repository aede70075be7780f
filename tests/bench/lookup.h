/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways from addresses to mappings and file offsets, while a publisher may be at work. One for each
 * thread. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "publisher.h"
#include "reference.h"

#define LOOKUP_ADDRESSES  65536
#define LOOKUP_MOST_BATCH 64

enum lookup_order {
	LOOKUP_RANDOM,
	LOOKUP_ASCENDING, /* in each batch */
	LOOKUP_ONE_BY_ONE,
};

struct lookup {
	struct publisher *publisher;
	pid_t pid;
	int maps_fd;
	size_t batch;
	struct search search; /* what was there at the beginning, which is a copy of its own */
	uint64_t *addresses;
	uint64_t sum; /* of what all of them find */
};

void lookup_begin(struct lookup *lookup, struct publisher *publisher, enum lookup_order order);
void lookup_end(struct lookup *lookup);

/*
 * Each looks up all addresses and returns a sum of where the mappings begin and of the offsets
 * in their files.
 */
typedef uint64_t lookup_way(const struct lookup *lookup);

lookup_way lookup_by_table;  /* mapsnap_table_resolve() */
lookup_way lookup_by_mutex;  /* mapsnap_find_many() of the last snapshot, which a mutex guards */
lookup_way lookup_by_search; /* a sorted array that nobody brings up to date */
lookup_way lookup_by_query;  /* a PROCMAP_QUERY of each */

/* Where the mapping is that moves: in exactly one place, in each snapshot. */
void lookup_check_place(const struct lookup *lookup);

#endif
