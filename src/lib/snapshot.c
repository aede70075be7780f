/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>

#include "references.h"

int snapshot_new(struct list *list, const struct mapsnap_info *info, struct mapsnap **snapshot)
{
	struct mapsnap *s = malloc(sizeof(*s));

	if (!s) {
		list_unref(list);
		return -ENOMEM;
	}
	*s = (struct mapsnap){ .list = list, .info = *info };
	atomic_init(&s->references, 1);
	*snapshot = s;
	return 0;
}

int snapshot_build(struct builder *builder, const struct mapsnap_info *info,
		   struct mapsnap **snapshot)
{
	struct list *list = list_new(builder);

	return list ? snapshot_new(list, info, snapshot) : -ENOMEM;
}

struct mapsnap *mapsnap_ref(struct mapsnap *snapshot)
{
	references_add(&snapshot->references);
	return snapshot;
}

void mapsnap_unref(struct mapsnap *snapshot)
{
	if (!snapshot || !references_drop(&snapshot->references))
		return;
	list_unref(snapshot->list);
	ranges_free(&snapshot->touched);
	free(snapshot);
}

const struct mapsnap_info *mapsnap_info(const struct mapsnap *snapshot)
{
	return &snapshot->info;
}

size_t mapsnap_memory(const struct mapsnap *snapshot, const struct mapsnap *beside)
{
	return sizeof(*snapshot) + snapshot->touched.count * sizeof(*snapshot->touched.list) +
	       list_memory(snapshot->list, beside ? beside->list : NULL);
}

int mapsnap_touched(const struct mapsnap *snapshot, uint64_t start, uint64_t end)
{
	return !snapshot->continues || ranges_touch(&snapshot->touched, start, end);
}

size_t mapsnap_count(const struct mapsnap *snapshot)
{
	return snapshot->list->count;
}

const struct mapsnap_mapping *mapsnap_at(const struct mapsnap *snapshot, size_t number)
{
	return list_at(snapshot->list, number);
}

const struct mapsnap_mapping *mapsnap_walk_next(struct mapsnap_walk *walk)
{
	const struct list *list = walk->snapshot->list;
	const struct chunk *chunk;

	if (walk->chunk == list->chunks)
		return NULL;
	chunk = list->chunk[walk->chunk];
	if (walk->next + 1 < chunk->count)
		return &chunk->mappings[walk->next++];
	walk->chunk++;
	walk->next = 0;
	return &chunk->mappings[chunk->count - 1];
}
