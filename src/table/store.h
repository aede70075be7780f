/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The generations of all members: how many are kept, for how long, and in how much
 * memory. What is taken out is freed once no reader can see it any more.
 */
#ifndef STORE_H
#define STORE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "generation.h"
#include "member.h"

struct store {
	uint64_t limit; /* bytes; 0: none */
	uint64_t keep_ns;
	uint32_t history;
	_Atomic uint64_t memory;                    /* bytes that all take */
	struct generation *oldest_aged, *last_aged; /* in the order in which they were replaced */
	struct generation *retired;
	struct member *retired_members;
};

/*
 * Makes it the latest of its member, and takes it over, whatever happens. -ENOSPC:
 * there is no room for it, even without any older ones; nothing has changed then.
 */
int store_publish(struct store *store, struct member *member, struct generation *generation,
		  uint64_t now);

/* Takes out what need not be kept any longer. */
void store_expire(struct store *store, struct member *member, uint64_t now);

/* Takes all of them out, and then the member, which is in no hash table any more. */
void store_retire_member(struct store *store, struct member *member);

/* Frees what was taken out, after waiting for readers. Not in a section. */
void store_free_retired(struct store *store);

#endif
