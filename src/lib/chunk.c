/* SPDX-License-Identifier: BSD-2-Clause */
#include "chunk.h"

#include <stdlib.h>
#include <string.h>

#include "references.h"

/* A table with room for twice as many names as there can be. */
#define SLOT_BITS 7
#define SLOTS     (1 << SLOT_BITS)

_Static_assert(SLOTS >= 2 * CHUNK_MOST && CHUNK_MOST < UINT8_MAX, "a slot has to be free");

/* Where the names of some mappings are to go. */
struct plan {
	uint8_t slots[SLOTS]; /* the number of a mapping and 1, by where its name stands; 0: free */
	uint8_t first[CHUNK_MOST]; /* the first mapping with this one's name */
	size_t size;               /* bytes of all names */
};

static size_t home(const char *name)
{
	return (uint64_t)(uintptr_t)name * 0x9e3779b97f4a7c15u >> (64 - SLOT_BITS);
}

static size_t name_size(const struct mapsnap_mapping *m)
{
	size_t path_size = m->path == m->name ? 0 : strlen(m->path) + 1;

	return m->name_length ? m->name_length + 1 + path_size : 0;
}

/* Finds the first with this name, or notes that this one is. */
static uint8_t find_first(struct plan *plan, const struct mapsnap_mapping *list, size_t i)
{
	size_t slot = home(list[i].name);

	for (; plan->slots[slot]; slot = (slot + 1) % SLOTS)
		if (list[plan->slots[slot] - 1].name == list[i].name)
			return plan->slots[slot] - 1;
	plan->slots[slot] = (uint8_t)(i + 1);
	plan->size += name_size(&list[i]);
	return (uint8_t)i;
}

/* Neighbours mostly share a name. */
static void make_plan(struct plan *plan, const struct mapsnap_mapping *list, size_t count)
{
	memset(plan->slots, 0, sizeof(plan->slots));
	plan->size = 0;
	for (size_t i = 0; i < count; i++) {
		if (i && list[i].name == list[i - 1].name)
			plan->first[i] = plan->first[i - 1];
		else
			plan->first[i] = find_first(plan, list, i);
	}
}

/* Writes the name at `to`, and the path behind it where it differs; returns where the next goes. */
static char *put_name(struct mapsnap_mapping *m, char *to)
{
	const char *name = m->name, *path = m->path;

	if (!m->name_length) {
		m->name = "";
		m->path = "";
		return to;
	}
	m->name = to;
	m->path = to;
	to = mempcpy(to, name, m->name_length + 1);
	if (path == name)
		return to;
	m->path = to;
	return stpcpy(to, path) + 1;
}

static void put_names(struct chunk *chunk, const struct plan *plan)
{
	char *to = (char *)(chunk->mappings + chunk->count);

	for (size_t i = 0; i < chunk->count; i++) {
		struct mapsnap_mapping *m = &chunk->mappings[i];
		const struct mapsnap_mapping *first = &chunk->mappings[plan->first[i]];

		if (m == first) {
			to = put_name(m, to);
		} else {
			m->name = first->name;
			m->path = first->path;
		}
	}
}

struct chunk *chunk_new(const struct mapsnap_mapping *mappings, size_t count)
{
	struct chunk *chunk;
	struct plan plan;
	size_t size;

	make_plan(&plan, mappings, count);
	size = sizeof(*chunk) + count * sizeof(*mappings) + plan.size;
	chunk = malloc(size);
	if (!chunk)
		return NULL;
	atomic_init(&chunk->references, 1);
	chunk->count = (uint32_t)count;
	chunk->size = (uint32_t)size;
	memcpy(chunk->mappings, mappings, count * sizeof(*mappings));
	for (size_t i = 0; i < CHUNK_MOST; i++)
		chunk->starts[i] = i < count ? mappings[i].start : UINT64_MAX;
	put_names(chunk, &plan);
	return chunk;
}

struct chunk *chunk_ref(struct chunk *chunk)
{
	references_add(&chunk->references);
	return chunk;
}

void chunk_unref(struct chunk *chunk)
{
	if (references_drop(&chunk->references))
		free(chunk);
}
