/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "picture_scale.h"

static bool is_narrow(uint64_t bytes, unsigned int scale)
{
	return scale_units(bytes, scale) < NARROW_UNITS;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A block of one wide mapping is full, since it is wider than this allows. */
static bool takes(const struct block *block, const struct mapsnap_mapping *m, unsigned int scale)
{
	uint64_t start = least(block->start, m->start), end = most(block->end, m->end);

	return block->scale == scale && is_narrow(m->end - m->start, scale) &&
	       is_narrow(block->first->end - block->first->start, scale) &&
	       is_narrow(scale_distance(block->end, m->start), scale) &&
	       scale_units(end - start, scale) <= JOINED_UNITS;
}

static bool is_alike(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->kind == b->kind && a->permissions == b->permissions &&
	       (a->flags & MAPSNAP_DELETED) == (b->flags & MAPSNAP_DELETED);
}

static void add_mapping(struct block *block, const struct mapsnap_mapping *m)
{
	block->alike &= is_alike(block->first, m) && block->end == m->start;
	block->one_name &= strcmp(block->first->name, m->name) == 0;
	block->start = least(block->start, m->start);
	block->end = most(block->end, m->end);
	block->bytes += m->end - m->start;
	block->mappings++;
}

static struct block *new_block(struct blocks *blocks, const struct mapsnap_mapping *m,
			       size_t number, uint8_t scale)
{
	struct block *list = array_grow(blocks->list, blocks->count, sizeof(*list));

	if (!list)
		return NULL;
	blocks->list = list;
	list += blocks->count++;
	*list = (struct block){
		.start = m->start,
		.end = m->start,
		.first = m,
		.number = number,
		.scale = scale,
		.alike = true,
		.one_name = true,
	};
	return list;
}

int blocks_make(const struct mapsnap *snapshot, const uint8_t *scales, struct blocks *blocks)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;
	struct block *block = NULL;

	for (size_t i = 0; (m = mapsnap_walk_next(&walk)); i++) {
		if (!block || !takes(block, m, scales[i]))
			block = new_block(blocks, m, i, scales[i]);
		if (!block)
			return -ENOMEM;
		add_mapping(block, m);
	}
	return 0;
}

void blocks_free(struct blocks *blocks)
{
	free(blocks->list);
	*blocks = (struct blocks){ 0 };
}
