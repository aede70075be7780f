/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a list and what changed in it to the list after it. A chunk that nothing
 * changed in is shared; the others are gathered to runs of mappings and cut into
 * chunks anew.
 *
 * Each chunk has a zone: from its first start to that of the next chunk, and the
 * first one's from 0. So each address belongs to one chunk. What comes touches a
 * range: if it comes to nowhere in a zone that a range reaches into, it overlaps
 * what stays.
 */
#include "list.h"

#include <errno.h>
#include <stdlib.h>

#include "outcome.h"

struct patch {
	const struct list *old;
	const struct ranges *ranges;
	size_t range; /* the first that ends behind the begin of the zone */
	const struct mapsnap_mapping *new;
	size_t count, next; /* those before `next` are in place */
	struct chunk **chunks;
	size_t made;
	uint64_t last_end; /* of the mapping before */
	bool torn;
	struct mapsnap_mapping *run;
	size_t run_count, run_capacity;
};

static uint64_t zone_start(const struct patch *p, size_t chunk)
{
	return chunk ? p->old->starts[chunk] : 0;
}

static uint64_t zone_end(const struct patch *p, size_t chunk)
{
	return chunk + 1 < p->old->chunks ? p->old->starts[chunk + 1] : UINT64_MAX;
}

/* Whether a mapping may go or come in its zone; asked for one chunk after the other. */
static bool affected(struct patch *p, size_t chunk)
{
	const struct ranges *ranges = p->ranges;
	uint64_t start = zone_start(p, chunk), end = zone_end(p, chunk);

	while (p->range < ranges->count && ranges->list[p->range].end <= start)
		p->range++;
	return p->range < ranges->count && ranges->list[p->range].start < end;
}

/* In order, one never begins before the one before it ends. */
static void note_order(struct patch *p, uint64_t start, uint64_t end)
{
	p->torn |= start < p->last_end;
	p->last_end = end;
}

static void share(struct patch *p, struct chunk *chunk)
{
	note_order(p, chunk->starts[0], chunk->mappings[chunk->count - 1].end);
	p->chunks[p->made++] = chunk_ref(chunk);
}

static int append(struct patch *p, const struct mapsnap_mapping *m)
{
	if (p->run_count == p->run_capacity) {
		size_t capacity = 2 * p->run_capacity + CHUNK_MOST;
		struct mapsnap_mapping *run = realloc(p->run, capacity * sizeof(*run));

		if (!run)
			return -ENOMEM;
		p->run = run;
		p->run_capacity = capacity;
	}
	note_order(p, m->start, m->end);
	p->run[p->run_count++] = *m;
	return DONE;
}

static int append_new_below(struct patch *p, uint64_t address)
{
	int r = DONE;

	while (r == DONE && p->next < p->count && p->new[p->next].start < address)
		r = append(p, &p->new[p->next++]);
	return r;
}

/* What stays of the chunk, and what comes in its zone. */
static int gather(struct patch *p, size_t number)
{
	const struct chunk *chunk = p->old->chunk[number];
	int r = DONE;

	for (size_t i = 0; r == DONE && i < chunk->count; i++) {
		const struct mapsnap_mapping *m = &chunk->mappings[i];

		if (ranges_touch(p->ranges, m->start, m->end))
			continue;
		r = append_new_below(p, m->start);
		if (r == DONE)
			r = append(p, m);
	}
	return r ? r : append_new_below(p, zone_end(p, number));
}

/* Into chunks of about the same size, so that none gets ever smaller by being cut. */
static int cut_run(struct patch *p)
{
	size_t pieces = (p->run_count + CHUNK_MOST - 1) / CHUNK_MOST;

	for (size_t i = 0; i < pieces; i++) {
		size_t from = p->run_count * i / pieces, to = p->run_count * (i + 1) / pieces;
		struct chunk *chunk = chunk_new(p->run + from, to - from);

		if (!chunk)
			return -ENOMEM;
		p->chunks[p->made++] = chunk;
	}
	p->run_count = 0;
	return DONE;
}

static bool is_little(const struct patch *p)
{
	return p->run_count && p->run_count < CHUNK_MOST / 2;
}

/* From this chunk on those that change, and the next where little is left. *number: behind them. */
static int renew(struct patch *p, size_t *number)
{
	int r;

	do {
		r = gather(p, *number);
		++*number;
	} while (r == DONE && *number < p->old->chunks && (affected(p, *number) || is_little(p)));
	return r ? r : cut_run(p);
}

static int make_chunks(struct patch *p)
{
	size_t i = 0;
	int r = DONE;

	while (r == DONE && i < p->old->chunks) {
		if (affected(p, i))
			r = renew(p, &i);
		else
			share(p, p->old->chunk[i++]);
	}
	if (r == DONE)
		r = append_new_below(p, UINT64_MAX);
	return r ? r : cut_run(p);
}

/* A run of n old chunks and m new mappings gives at most n + m / CHUNK_MOST + 1. */
static size_t most_chunks(const struct list *old, size_t new)
{
	return 2 * old->chunks + new / CHUNK_MOST + 2;
}

static int finish(struct patch *p, int r, struct list **list)
{
	if (r == DONE && p->torn)
		r = CHANGED;
	if (r == DONE) {
		*list = list_of(p->chunks, p->made, false);
		r = *list ? DONE : -ENOMEM;
	} else {
		while (p->made)
			chunk_unref(p->chunks[--p->made]);
	}
	free(p->chunks);
	free(p->run);
	return r;
}

int list_patch(const struct list *old, const struct ranges *ranges, struct builder *builder,
	       struct list **list)
{
	struct patch p = {
		.old = old,
		.ranges = ranges,
		.new = builder_resolve(builder, 0, builder->count),
		.count = builder->count,
	};

	p.chunks = malloc(most_chunks(old, p.count) * sizeof(struct chunk *));
	if (!p.chunks)
		return -ENOMEM;
	return finish(&p, make_chunks(&p), list);
}
