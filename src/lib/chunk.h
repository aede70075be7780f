/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Some neighbouring mappings with their names: what snapshots share where it is
 * alike in them. Never changes.
 */
#ifndef CHUNK_H
#define CHUNK_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

/* Fewer cost more memory and longer lists of them, more are more to copy where one mapping changed.
 */
#define CHUNK_MOST 64

struct chunk {
	atomic_size_t references;
	uint32_t count; /* 1 to CHUNK_MOST */
	uint32_t size;  /* bytes of all of it */
	/*
	 * The starts of the mappings once more: a search touches an eighth of the
	 * cache lines that it would touch in the mappings. Behind the last stand
	 * numbers above every address, so that each search takes the same steps.
	 */
	uint64_t starts[CHUNK_MOST];
	struct mapsnap_mapping mappings[]; /* and behind them their names */
};

/*
 * A copy of these mappings. Names that stand at the same place are stored once.
 * NULL: no memory.
 */
struct chunk *chunk_new(const struct mapsnap_mapping *mappings, size_t count);

struct chunk *chunk_ref(struct chunk *chunk);
void chunk_unref(struct chunk *chunk);

#endif
