/* SPDX-License-Identifier: BSD-2-Clause */
#include "generation.h"

#include <stdlib.h>

struct generation *generation_new(struct mapsnap *snapshot, struct notes *notes, int error)
{
	struct generation *generation = calloc(1, sizeof(*generation));

	if (!generation) {
		mapsnap_unref(snapshot);
		notes_unref(notes);
		return NULL;
	}
	generation->snapshot = snapshot;
	generation->notes = notes;
	generation->error = error;
	generation->from_ns = snapshot ? mapsnap_info(snapshot)->end_ns : 0;
	return generation;
}

void generation_free(struct generation *generation)
{
	mapsnap_unref(generation->snapshot);
	notes_unref(generation->notes);
	free(generation);
}

static const struct mapsnap *snapshot_of(const struct generation *generation)
{
	return generation ? generation->snapshot : NULL;
}

size_t generation_memory(const struct generation *generation, const struct generation *older)
{
	size_t memory = sizeof(*generation);

	if (generation->snapshot)
		memory += mapsnap_memory(generation->snapshot, snapshot_of(older));
	if (generation->notes && (!older || older->notes != generation->notes))
		memory += notes_memory(generation->notes);
	return memory;
}

void generation_held(struct generation *generation, uint64_t until_ns)
{
	atomic_store_explicit(&generation->until_ns, until_ns, memory_order_relaxed);
}
