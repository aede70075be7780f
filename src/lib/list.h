/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mappings of one or more snapshots, in chunks. Never changes: what comes
 * after a change is another list, which shares the chunks that are alike.
 */
#ifndef LIST_H
#define LIST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "builder.h"
#include "chunk.h"
#include "ranges.h"

struct list {
	/* What a lookup needs, together. */
	/* From the first start to the last end; 0 where no search finds anything. */
	uint64_t low, span;
	size_t chunks;
	struct chunk **chunk;
	uint64_t *starts; /* of the first mapping of each chunk */

	size_t *firsts; /* the number of that mapping */
	size_t count;   /* mappings */
	bool torn;      /* they overlap or run backwards */
	atomic_size_t references;
};

/* Of what the builder holds, which can only be freed afterwards. NULL: no memory. */
struct list *list_new(struct builder *builder);

/*
 * The list after `old`: without the mappings that touch any of the ranges, and
 * with what the builder holds, in ascending order, which can only be freed
 * afterwards. `old` must not be torn. DONE, -ENOMEM, or CHANGED where the
 * result would be torn.
 */
int list_patch(const struct list *old, const struct ranges *ranges, struct builder *builder,
	       struct list **list);

/* Bytes of what is not shared with `beside`, which may be NULL. */
size_t list_memory(const struct list *list, const struct list *beside);

struct list *list_ref(struct list *list);
void list_unref(struct list *list);

/* Of these chunks, whose references it takes over, whatever happens. NULL: no memory. */
struct list *list_of(struct chunk **chunks, size_t count, bool torn);

/* The mapping of this number, from 0; NULL behind the last. */
const struct mapsnap_mapping *list_at(const struct list *list, size_t number);

#endif
