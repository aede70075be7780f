/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk over two ascending lists side by side. Two mappings with the same
 * start are taken for the same one; so are two with the same end that overlap,
 * which is how a stack looks that grew downwards.
 */
#include <stdbool.h>
#include <string.h>

#include "snapshot.h"

/* Names of one snapshot are stored once; those of two may still be alike. */
static bool same_name(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

static bool same_file(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->inode == b->inode && a->device_major == b->device_major &&
	       a->device_minor == b->device_minor;
}

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

static const struct mapsnap_mapping *next(const struct mapsnap *snapshot, size_t at)
{
	return at < snapshot->count ? &snapshot->mappings[at] : NULL;
}

/* Takes from the side that is behind, or from both where they belong together. */
static void step(struct mapsnap_diff *diff, struct mapsnap_change *change)
{
	const struct mapsnap_mapping *a = next(diff->before, diff->before_next);
	const struct mapsnap_mapping *b = next(diff->after, diff->after_next);
	bool both = a && b && taken_for_same(a, b);
	bool removed = both || !b || (a && a->start < b->start);
	bool added = both || !removed;

	*change = (struct mapsnap_change){
		.before = removed ? a : NULL,
		.after = added ? b : NULL,
		.what = both ? what_changed(a, b) : 0,
	};
	diff->before_next += removed;
	diff->after_next += added;
}

static bool at_end(const struct mapsnap_diff *diff)
{
	return diff->before_next >= diff->before->count && diff->after_next >= diff->after->count;
}

static bool same(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return memcmp(a, b, offsetof(struct mapsnap_mapping, name)) == 0 &&
	       a->permissions == b->permissions && same_name(a, b);
}

/* Most mappings are the same in both, and next to each other. */
static void skip_same(struct mapsnap_diff *diff)
{
	const struct mapsnap_mapping *a = diff->before->mappings + diff->before_next,
				     *b = diff->after->mappings + diff->after_next;
	const struct mapsnap_mapping *ae = diff->before->mappings + diff->before->count,
				     *be = diff->after->mappings + diff->after->count;

	while (a < ae && b < be && same(a, b)) {
		a++;
		b++;
	}
	diff->before_next = a - diff->before->mappings;
	diff->after_next = b - diff->after->mappings;
}

int mapsnap_diff_next(struct mapsnap_diff *diff, struct mapsnap_change *change)
{
	skip_same(diff);
	if (at_end(diff))
		return 0;
	step(diff, change);
	return 1;
}
