/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk over two ascending lists side by side. Two mappings with the same
 * start are taken for the same one; so are two with the same end that overlap,
 * which is how a stack looks that grew downwards.
 */
#include <stdbool.h>

#include "alike.h"
#include "snapshot.h"

static uint32_t what_changed(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return (a->start != b->start ? MAPSNAP_CHANGED_START : 0) |
	       (a->end != b->end ? MAPSNAP_CHANGED_END : 0) |
	       (a->permissions != b->permissions ? MAPSNAP_CHANGED_PERMISSIONS : 0) |
	       (a->offset != b->offset ? MAPSNAP_CHANGED_OFFSET : 0) |
	       (!same_file(a, b) ? MAPSNAP_CHANGED_FILE : 0) |
	       (!same_name(a, b) ? MAPSNAP_CHANGED_NAME : 0);
}

static bool taken_for_same(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->start == b->start || a->end == b->end;
}

/* Where a walk is in one list. */
struct cursor {
	const struct list *list;
	size_t chunk, next;
};

static bool at_end(const struct cursor *c)
{
	return c->chunk == c->list->chunks;
}

static const struct mapsnap_mapping *mapping_at(const struct cursor *c)
{
	return at_end(c) ? NULL : &c->list->chunk[c->chunk]->mappings[c->next];
}

/* How many follow in its chunk, this one included; not at the end. */
static size_t left_in_chunk(const struct cursor *c)
{
	return c->list->chunk[c->chunk]->count - c->next;
}

/* By no more than are left in its chunk. */
static void advance(struct cursor *c, size_t n)
{
	c->next += n;
	if (c->next < c->list->chunk[c->chunk]->count)
		return;
	c->chunk++;
	c->next = 0;
}

/* Whether both are at the begin of the very same chunk, in which nothing changed. */
static bool shared(const struct cursor *a, const struct cursor *b)
{
	return a->next == 0 && b->next == 0 && a->list->chunk[a->chunk] == b->list->chunk[b->chunk];
}

/* What may have changed and changed back, where that is to be told. */
static bool touched(const struct mapsnap_diff *diff, const struct mapsnap_mapping *m)
{
	return diff->flags & MAPSNAP_DIFF_TOUCHED &&
	       ranges_touch(&diff->after->touched, m->start, m->end);
}

/* How many of the next, up to n, are the same in both and nothing is to be told of them. */
static size_t count_same(const struct mapsnap_diff *diff, const struct mapsnap_mapping *before,
			 const struct mapsnap_mapping *after, size_t n)
{
	size_t i = 0;

	while (i < n && alike(&before[i], &after[i]) && !touched(diff, &after[i]))
		i++;
	return i;
}

/* Most mappings are the same in both, and next to each other. */
static void skip_same(const struct mapsnap_diff *diff, struct cursor *a, struct cursor *b)
{
	while (!at_end(a) && !at_end(b)) {
		size_t left_a = left_in_chunk(a), left_b = left_in_chunk(b);
		size_t left = left_a < left_b ? left_a : left_b, n = left;

		if (!shared(a, b))
			n = count_same(diff, mapping_at(a), mapping_at(b), left);
		advance(a, n);
		advance(b, n);
		if (n < left)
			return;
	}
}

/* Takes from the side that is behind, or from both where they belong together. */
static void step(struct cursor *before, struct cursor *after, struct mapsnap_change *change)
{
	const struct mapsnap_mapping *a = mapping_at(before), *b = mapping_at(after);
	bool both = a && b && taken_for_same(a, b);
	bool removed = both || !b || (a && a->start < b->start);
	bool added = both || !removed;

	*change = (struct mapsnap_change){
		.before = removed ? a : NULL,
		.after = added ? b : NULL,
		.what = both ? what_changed(a, b) : 0,
	};
	if (removed)
		advance(before, 1);
	if (added)
		advance(after, 1);
}

int mapsnap_diff_next(struct mapsnap_diff *diff, struct mapsnap_change *change)
{
	struct cursor before = { diff->before->list, diff->before_chunk, diff->before_next };
	struct cursor after = { diff->after->list, diff->after_chunk, diff->after_next };
	int r = 0;

	skip_same(diff, &before, &after);
	if (!at_end(&before) || !at_end(&after)) {
		step(&before, &after, change);
		r = 1;
	}
	diff->before_chunk = before.chunk;
	diff->before_next = before.next;
	diff->after_chunk = after.chunk;
	diff->after_next = after.next;
	return r;
}
