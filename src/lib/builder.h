/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of mappings under construction: filled by a route during an attempt,
 * emptied before the next one, and in the end made a snapshot's list.
 *
 * Reading one's own process must not change what is read, so a `fixed` builder
 * never allocates while it is being filled: it says FULL, and grows between
 * attempts.
 */
#ifndef BUILDER_H
#define BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"
#include "names.h"
#include "ranges.h"
#include "want.h"

struct builder {
	const struct want *want;
	bool everything;                  /* is wanted */
	struct mapsnap_mapping *mappings; /* name holds an index until resolved */
	size_t count, capacity;
	struct names names;
	uint64_t last_end;
	bool torn;    /* lines overlap or run backwards */
	bool escaped; /* names are as the text prints them */
	char *buffer; /* for a route to read into */
	size_t buffer_size;
	size_t buffer_used; /* by names of which nothing tells the size beforehand */
	size_t asked_mappings, asked_buffer; /* known to be needed; 0: nothing is */
};

/* Room for some more than there were: by the next read some may have come. */
static inline size_t with_slack(size_t needed)
{
	return needed + needed / 16 + 16;
}

/*
 * Room for about `capacity` mappings, and a buffer of at least `buffer` bytes.
 * Returns 0 or -ENOMEM.
 */
int builder_init(struct builder *builder, const struct want *want, size_t capacity, size_t buffer,
		 bool fixed);
void builder_free(struct builder *builder);

/* Empties it for another attempt. */
void builder_clear(struct builder *builder, bool escaped);

/* What the next builder_grow() is to make room for. */
void builder_ask(struct builder *builder, size_t mappings, size_t buffer);

/*
 * Between attempts: makes room for what was asked for, and some more, or
 * doubles all where nothing was. Returns 0 or -ENOMEM.
 */
int builder_grow(struct builder *builder);

/* Doubles the buffer during an attempt. DONE, -ENOMEM, or FULL where fixed. */
int builder_grow_buffer(struct builder *builder);

/*
 * The next mapping, for a route to fill in but for path, kind and flags. The
 * builder always has room for one more.
 */
static inline struct mapsnap_mapping *builder_slot(struct builder *builder)
{
	return &builder->mappings[builder->count];
}

/*
 * Keeps what stands in the slot, if it is wanted. The name may go afterwards.
 * DONE, -ENOMEM or FULL.
 */
int builder_take(struct builder *builder);

/*
 * The same where the name is known to be that of the mapping that was taken as
 * number `like`, from 0; the slot need not say it.
 */
int builder_take_like(struct builder *builder, size_t like);

/* Drops all mappings that touch any of these ranges. */
void builder_drop(struct builder *builder, const struct ranges *ranges);

/*
 * Brings those that were taken as number `from` and later to their places among
 * those before, and says anew whether the list is torn. DONE or -ENOMEM.
 */
int builder_merge(struct builder *builder, size_t from);

/*
 * Room for records of a mapping each, of `size` bytes, no more than a mapping
 * has, in an empty builder. They stand in the memory of the mappings, at its
 * end: whoever takes one mapping a record, in their order, overwrites only
 * records that were taken. *room tells how many there may be.
 */
void *builder_records(struct builder *builder, size_t size, size_t *room);

/*
 * When nothing more comes, and once for each: turns the names of these `count`
 * mappings from indexes into pointers, valid as long as the builder is. Returns
 * the first of them.
 */
const struct mapsnap_mapping *builder_resolve(struct builder *builder, size_t from, size_t count);

#endif
