/* SPDX-License-Identifier: BSD-2-Clause */
#include "list.h"

#include <stdlib.h>

#include "references.h"

static void unref_chunks(struct chunk **chunks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		chunk_unref(chunks[i]);
}

/* One block: the list, then the chunks, their starts and their numbers. */
static size_t list_size(size_t chunks)
{
	size_t a_chunk = sizeof(struct chunk *) + sizeof(uint64_t) + sizeof(size_t);

	return sizeof(struct list) + chunks * a_chunk;
}

static struct list *alloc_list(size_t chunks)
{
	struct list *list = malloc(list_size(chunks));

	if (!list)
		return NULL;
	*list = (struct list){ .chunks = chunks };
	atomic_init(&list->references, 1);
	list->starts = (uint64_t *)(list + 1);
	list->chunk = (struct chunk **)(list->starts + chunks);
	list->firsts = (size_t *)(list->chunk + chunks);
	return list;
}

static void set_reach(struct list *list)
{
	const struct mapsnap_mapping *last = list_at(list, list->count - 1);

	list->low = list->starts[0];
	list->span = last->end - list->low;
}

struct list *list_of(struct chunk **chunks, size_t count, bool torn)
{
	struct list *list = alloc_list(count);

	if (!list) {
		unref_chunks(chunks, count);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		list->chunk[i] = chunks[i];
		list->starts[i] = chunks[i]->starts[0];
		list->firsts[i] = list->count;
		list->count += chunks[i]->count;
	}
	list->torn = torn;
	if (count && !torn)
		set_reach(list);
	return list;
}

/* Each with the last few of them, which are still in the cache. */
struct list *list_new(struct builder *builder)
{
	size_t count = (builder->count + CHUNK_MOST - 1) / CHUNK_MOST;
	struct chunk **chunks = malloc(count * sizeof(struct chunk *) + 1);
	struct list *list = NULL;
	size_t made = 0, from = 0;

	if (!chunks)
		return NULL;
	while (made < count) {
		size_t n = builder->count - from < CHUNK_MOST ? builder->count - from : CHUNK_MOST;

		chunks[made] = chunk_new(builder_resolve(builder, from, n), n);
		if (!chunks[made])
			break;
		from += n;
		made++;
	}
	if (made == count)
		list = list_of(chunks, count, builder->torn);
	else
		unref_chunks(chunks, made);
	free(chunks);
	return list;
}

struct list *list_ref(struct list *list)
{
	references_add(&list->references);
	return list;
}

void list_unref(struct list *list)
{
	if (!references_drop(&list->references))
		return;
	unref_chunks(list->chunk, list->chunks);
	free(list);
}

const struct mapsnap_mapping *list_at(const struct list *list, size_t number)
{
	size_t low = 0, n = list->chunks;

	if (number >= list->count)
		return NULL;
	for (; n > 1; n -= n / 2)
		low = list->firsts[low + n / 2] <= number ? low + n / 2 : low;
	return &list->chunk[low]->mappings[number - list->firsts[low]];
}

/* Those that are shared are in the same order in both. */
size_t list_memory(const struct list *list, const struct list *beside)
{
	size_t size = list == beside ? 0 : list_size(list->chunks);
	size_t k = 0;

	for (size_t i = 0; i < list->chunks; i++) {
		while (beside && k < beside->chunks && beside->starts[k] < list->starts[i])
			k++;
		if (!beside || k == beside->chunks || beside->chunk[k] != list->chunk[i])
			size += list->chunk[i]->size;
	}
	return size;
}
