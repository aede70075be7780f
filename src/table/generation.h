/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One snapshot of a process as it is published, with those before it in a list,
 * from the newest to the oldest. Readers walk it while writers put new ones in
 * front and take old ones out.
 */
#ifndef GENERATION_H
#define GENERATION_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"
#include "notes.h"
#include "rcu.h"

struct member;

struct generation {
	_Atomic(struct generation *) older;
	struct mapsnap *snapshot; /* NULL: the program can't be read, see error */
	struct notes *notes;
	uint64_t revision;
	/*
	 * The sequence did not move from from_ns until until_ns: the mappings were these
	 * at any time in between. Nothing is known where from_ns is the later of both.
	 */
	uint64_t from_ns;
	_Atomic uint64_t until_ns;
	uint32_t changes; /* MAPSNAP_DIFF_...: what is known of how it came from the one before */
	int error;        /* a negative errno; 0 where there is a snapshot */
	/* Exec and pid reuse begin another program. */
	uint32_t program;    /* 0: the first */
	uint64_t program_ns; /* it is known to have run from then on */
	uint64_t since_ns;   /* and not to have run before then */

	/* The writers'. */
	_Atomic size_t memory; /* bytes that it takes beside the one before */
	struct member *member;
	struct generation *newer;
	struct generation *next_aged, *previous_aged; /* of all members, none the latest */
	struct generation *next_retired;
	uint64_t aged_ns; /* when a newer one took its place */
};

/*
 * Takes over both references, whatever happens. snapshot may be NULL, with the
 * error. NULL: no memory.
 */
struct generation *generation_new(struct mapsnap *snapshot, struct notes *notes, int error);

/* When nobody can see it any more. */
void generation_free(struct generation *generation);

/* Bytes that it takes beside an older one, or NULL. */
size_t generation_memory(const struct generation *generation, const struct generation *older);

/* In a section. NULL: none is kept. */
static inline struct generation *generation_older(const struct generation *generation)
{
	return rcu_read(&generation->older);
}

static inline uint64_t generation_until(const struct generation *generation)
{
	return atomic_load_explicit(&generation->until_ns, memory_order_relaxed);
}

/* It was still so at this time. */
void generation_held(struct generation *generation, uint64_t until_ns);

#endif
