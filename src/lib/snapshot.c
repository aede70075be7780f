/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Gives back what is not used, if that is an eighth or more; keeps the old block where
 * that fails. malloc takes a large block from the heap, without page faults, once
 * one of at least its size has been freed: a block that is always cut a little
 * before it is freed would never get there.
 */
static void *trim(void *block, size_t size, size_t used)
{
	void *trimmed;

	if (used > size / 8 * 7)
		return block;
	trimmed = realloc(block, used ? used : 1);
	if (!trimmed)
		return block;
	return trimmed;
}

int snapshot_new(struct builder *builder, const struct mapsnap_info *info,
		 struct mapsnap **snapshot)
{
	size_t count = builder->count;
	struct mapsnap *s = malloc(sizeof(*s) + count * sizeof(s->starts[0]));

	if (!s)
		return -ENOMEM;
	/* Before the names resolve: trimming may move them. */
	builder->names.bytes = trim(builder->names.bytes, builder->names.size, builder->names.used);
	builder->mappings = trim(builder->mappings, builder->capacity * sizeof(*builder->mappings),
				 count * sizeof(*builder->mappings));
	builder_finish(builder, s->starts);
	*s = (struct mapsnap){
		.count = count,
		.mappings = builder->mappings,
		.torn = builder->torn,
		.references = 1,
		.names = builder->names.bytes,
		.info = *info,
	};
	if (count && !s->torn) {
		s->low = s->starts[0];
		s->span = s->mappings[count - 1].end - s->low;
	}
	builder->mappings = NULL;
	builder->names.bytes = NULL;
	*snapshot = s;
	return 0;
}

struct mapsnap *mapsnap_ref(struct mapsnap *snapshot)
{
	/* Whoever has a reference to copy keeps it meanwhile: no order needed. */
	atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
	return snapshot;
}

void mapsnap_unref(struct mapsnap *snapshot)
{
	/* Whatever other threads read must be read before it is freed. */
	if (!snapshot ||
	    atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) > 1)
		return;
	free(snapshot->mappings);
	free(snapshot->names);
	free(snapshot);
}

const struct mapsnap_info *mapsnap_info(const struct mapsnap *snapshot)
{
	return &snapshot->info;
}

size_t mapsnap_count(const struct mapsnap *snapshot)
{
	return snapshot->count;
}

const struct mapsnap_mapping *mapsnap_mappings(const struct mapsnap *snapshot, size_t *stride)
{
	if (stride)
		*stride = sizeof(struct mapsnap_mapping);
	return snapshot->count ? snapshot->mappings : NULL;
}
