/* SPDX-License-Identifier: BSD-2-Clause */
/* A batch of addresses that covers an arena page by page, so that its answers show all of it. */
#ifndef TABLE_TORTURE_BATCH_H
#define TABLE_TORTURE_BATCH_H

#include "mapsnap-table.h"
#include "table_torture_bounds.h"

struct table_batch {
	struct table_bounds bounds;
	pid_t pid;
	size_t n, room;
	uint64_t *addresses; /* ascending */
	struct mapsnap_sample *samples;
	struct mapsnap_answer *answers;
	struct mapsnap_mapping *list; /* what the answers show */
	size_t count;
};

/*
 * The addresses to ask a process for that has or had this number. Also where the
 * address spaces before and after it would be.
 */
void table_batch_begin(struct table_batch *batch, const struct cast_part *part,
		       const struct cast_look *look);
void table_batch_free(struct table_batch *batch);

/* All of the same moment; see struct mapsnap_sample. */
void table_batch_sample(struct table_batch *batch, uint64_t time_ns, uint64_t sequence);

/*
 * Whether each address space that it may show lies where the addresses are: one that
 * came long before or after what was looked at does not.
 */
bool table_batch_covers_bounds(const struct table_batch *batch);

/* Whether the answers are about one snapshot. */
bool table_batch_is_of_one(const struct table_batch *batch, char *why, size_t size);

/*
 * Whether they are together what the bounds allow. In a section: the mappings are
 * looked at.
 */
bool table_batch_holds(struct table_batch *batch, struct table_shown *shown, char *why,
		       size_t size);

/* How many static mappings of the address space that stood there are, and are answered. */
size_t table_batch_count_statics(const struct table_batch *batch, size_t *answered);

/* Whether each of them for itself is of its address, and none known to be lacking. */
bool table_batch_is_possible(const struct table_batch *batch, char *why, size_t size);

#endif
