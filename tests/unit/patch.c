/* SPDX-License-Identifier: BSD-2-Clause */
/* A list with some of its mappings exchanged, against the same done one by one; and what it shares.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "outcome.h"
#include "snapshot.h"
#include "text.h"
#include "unit.h"

#define MOST   4096
#define RANGES 24

/* A list of mappings by hand. */
struct plain {
	struct mapsnap_mapping m[MOST];
	size_t count;
};

struct edit {
	struct procmap_range list[RANGES];
	struct ranges ranges;
	struct plain come; /* in their place */
};

static struct plain before, after;
static struct edit edit;

static bool touched(const struct mapsnap_mapping *m)
{
	for (size_t i = 0; i < edit.ranges.count; i++)
		if (m->start < edit.list[i].end && edit.list[i].start < m->end)
			return true;
	return false;
}

static void set_plain(struct plain *plain, const struct list *list)
{
	for (plain->count = 0; plain->count < list->count; plain->count++) {
		assert_true(plain->count < MOST);
		plain->m[plain->count] = *list_at(list, plain->count);
	}
}

/* Somewhere in the address space of `before`, or behind it. */
static uint64_t some_address(struct random *random)
{
	const struct mapsnap_mapping *m;

	if (before.count == 0 || random_below(random, 20) == 0)
		return random_next(random) >> 16;
	m = &before.m[random_below(random, before.count)];
	return m->start + random_below(random, 2 * (m->end - m->start));
}

static int by_start(const void *a, const void *b)
{
	const struct procmap_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* In order and apart, as the kernel gives them. */
static void make_ranges(struct random *random, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t start = some_address(random);

		edit.list[i].start = start;
		edit.list[i].end = start + 1 + random_below(random, 0x8000);
	}
	qsort(edit.list, count, sizeof(edit.list[0]), by_start);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || edit.list[kept - 1].end < edit.list[i].start)
			edit.list[kept++] = edit.list[i];
	edit.ranges = (struct ranges){ .list = edit.list, .count = kept };
}

/* The room that is left where those that are touched have gone, around a range. */
static struct procmap_range room_around(const struct procmap_range *range)
{
	struct procmap_range room = { 0, UINT64_MAX };

	for (size_t i = 0; i < before.count; i++) {
		const struct mapsnap_mapping *m = &before.m[i];

		if (touched(m))
			continue;
		if (m->end <= range->start)
			room.start = m->end;
		if (m->start >= range->end && m->start < room.end)
			room.end = m->start;
	}
	return room;
}

static void come(const struct mapsnap_mapping *m)
{
	assert_true(edit.come.count < MOST);
	edit.come.m[edit.come.count++] = *m;
}

/* Each touches its range, and may reach beyond it. */
static void make_mappings(struct random *random, size_t most)
{
	static const char *const names[] = { "", "/lib/a.so", "/lib/b.so (deleted)", "[heap]" };
	static const char *const paths[] = { "", "/lib/a.so", "/lib/b.so", "[heap]" };
	uint64_t end = 0;

	edit.come.count = 0;
	for (size_t i = 0; i < edit.ranges.count; i++) {
		struct procmap_range room = room_around(&edit.list[i]);
		uint64_t at = room.start > end ? room.start : end;

		for (size_t n = random_below(random, most + 1); n; n--) {
			size_t name = random_below(random, 4);
			struct mapsnap_mapping m = { .name = names[name], .path = paths[name] };

			m.name_length = (uint32_t)strlen(m.name);
			m.start = at + random_below(random, 0x100);
			m.end = m.start + 1 + random_below(random, 0x2000);
			if (m.end > room.end || m.start >= edit.list[i].end ||
			    m.end <= edit.list[i].start)
				continue;
			come(&m);
			at = end = m.end;
		}
	}
}

static struct builder builder_of(const struct plain *plain)
{
	static const struct want want = { .end = UINT64_MAX };
	struct builder builder;

	assert_int_equal(builder_init(&builder, &want, plain->count, 0, false), 0);
	builder_clear(&builder, true);
	for (size_t i = 0; i < plain->count; i++) {
		*builder_slot(&builder) = plain->m[i];
		assert_int_equal(builder_take(&builder), DONE);
	}
	return builder;
}

static int compare(const void *a, const void *b)
{
	const struct mapsnap_mapping *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void edit_by_hand(void)
{
	after.count = 0;
	for (size_t i = 0; i < before.count; i++)
		if (!touched(&before.m[i]))
			after.m[after.count++] = before.m[i];
	for (size_t i = 0; i < edit.come.count; i++)
		after.m[after.count++] = edit.come.m[i];
	qsort(after.m, after.count, sizeof(after.m[0]), compare);
}

static struct list *patched(const struct list *old)
{
	struct builder builder = builder_of(&edit.come);
	struct list *list = NULL;

	assert_int_equal(list_patch(old, &edit.ranges, &builder, &list), DONE);
	builder_free(&builder);
	return list;
}

static void assert_as_by_hand(const struct list *list)
{
	assert_int_equal(list->count, after.count);
	for (size_t i = 0; i < after.count; i++) {
		const struct mapsnap_mapping *m = list_at(list, i), *expected = &after.m[i];

		assert_int_equal(m->start, expected->start);
		assert_int_equal(m->end, expected->end);
		assert_int_equal(m->name_length, expected->name_length);
		assert_string_equal(m->name, expected->name);
		assert_int_equal(m->inode, expected->inode);
		assert_string_equal(m->path, expected->path);
	}
}

static bool has_chunk(const struct list *list, const struct chunk *chunk)
{
	for (size_t i = 0; i < list->chunks; i++)
		if (list->chunk[i] == chunk)
			return true;
	return false;
}

/* A chunk that no range reaches into and that nothing came near is the very same. */
static void assert_shares(const struct list *old, const struct list *new)
{
	size_t others = 0;

	for (size_t i = 0; i < old->chunks; i++)
		others += !has_chunk(new, old->chunk[i]);
	/* Those that a range or a mapping is in, and a neighbour each to fill up. */
	assert_true(others <= 4 * edit.ranges.count + 2 * edit.come.count);
}

/* Each but the last is at least half full, so that a list of n has at most n / 32 and one. */
static void assert_filled(const struct list *list)
{
	for (size_t i = 0; i + 1 < list->chunks; i++)
		assert_in_range(list->chunk[i]->count, CHUNK_MOST / 2, CHUNK_MOST);
}

static struct list *made_up(struct random *random, size_t count)
{
	size_t length;
	char *text = text_made_up(random, count, &length);
	struct mapsnap *snapshot = text_parsed(text, length);
	struct list *list = list_ref(snapshot->list);

	mapsnap_unref(snapshot);
	free(text);
	return list;
}

/* A chain of lists, each of the one before. */
static void follow_chain(struct random *random, size_t count, size_t edits, size_t most)
{
	struct list *list = made_up(random, count);

	while (edits--) {
		struct list *next;

		set_plain(&before, list);
		make_ranges(random, random_below(random, RANGES));
		make_mappings(random, most);
		edit_by_hand();
		next = patched(list);
		assert_as_by_hand(next);
		assert_shares(list, next);
		assert_filled(next);
		list_unref(list);
		list = next;
	}
	list_unref(list);
}

static void a_patched_list_is_as_if_made_by_hand(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 63, 64, 65, 129, 1000 };
	struct random random = { 0x9a7c4 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (size_t most = 0; most < 6; most++)
			follow_chain(&random, counts[i], 20, most);
}

static void a_list_can_lose_all_and_get_all(void **state)
{
	struct random random = { 0xa11 };
	struct list *list = made_up(&random, 300), *none, *all;

	(void)state;
	edit.list[0] = (struct procmap_range){ 0, UINT64_MAX };
	edit.ranges = (struct ranges){ .list = edit.list, .count = 1 };
	edit.come.count = after.count = 0;
	none = patched(list);
	assert_int_equal(none->count, 0);
	assert_int_equal(none->chunks, 0);
	set_plain(&edit.come, list);
	set_plain(&after, list);
	all = patched(none);
	assert_as_by_hand(all);
	list_unref(list);
	list_unref(none);
	list_unref(all);
}

/* Names go with the chunk that has them, not with the list that was first. */
static void what_is_shared_outlives_the_list_before(void **state)
{
	struct random random = { 0x5a3d };
	struct list *list = made_up(&random, 1000), *next;

	(void)state;
	set_plain(&before, list);
	make_ranges(&random, 3);
	edit.come.count = 0;
	edit_by_hand();
	for (size_t i = 0; i < after.count; i++) {
		after.m[i].name = strdup(after.m[i].name);
		after.m[i].path = strdup(after.m[i].path);
	}
	next = patched(list);
	list_unref(list);
	assert_as_by_hand(next);
	list_unref(next);
	for (size_t i = 0; i < after.count; i++) {
		free((char *)after.m[i].name);
		free((char *)after.m[i].path);
	}
}

static void a_list_that_would_be_torn_is_none(void **state)
{
	struct random random = { 0x7042 };
	struct list *list = made_up(&random, 500), *torn = NULL;

	(void)state;
	set_plain(&before, list);
	edit.ranges.count = 0;
	for (size_t i = 0; i < before.count; i++) {
		struct builder builder;

		edit.come.m[0] = before.m[i];
		edit.come.count = 1;
		builder = builder_of(&edit.come);
		assert_int_equal(list_patch(list, &edit.ranges, &builder, &torn), CHANGED);
		assert_null(torn);
		builder_free(&builder);
	}
	list_unref(list);
}

#define READERS 4

/* What a thread has of a chain of lists: one, to look at and give back. */
static void *read_and_drop(void *context)
{
	struct list *list = context;
	uint64_t sum = 0;

	for (size_t i = 0; i < list->count; i++)
		sum += list_at(list, i)->start + (unsigned char)*list_at(list, i)->name;
	list_unref(list);
	return (void *)(uintptr_t)sum;
}

/* Each list of a chain is given back by another thread, in no order. */
static void what_is_shared_is_for_any_thread(void **state)
{
	struct random random = { 0x7ead };
	struct list *list = made_up(&random, 1000);
	pthread_t readers[READERS];

	(void)state;
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < READERS; i++) {
			struct list *next;

			set_plain(&before, list);
			make_ranges(&random, 4);
			make_mappings(&random, 2);
			next = patched(list);
			assert_int_equal(pthread_create(&readers[i], NULL, read_and_drop, list), 0);
			list = next;
		}
		for (size_t i = 0; i < READERS; i++)
			pthread_join(readers[i], NULL);
	}
	list_unref(list);
}

UNIT_MAIN("patch", cmocka_unit_test(a_patched_list_is_as_if_made_by_hand),
	  cmocka_unit_test(a_list_can_lose_all_and_get_all),
	  cmocka_unit_test(what_is_shared_outlives_the_list_before),
	  cmocka_unit_test(a_list_that_would_be_torn_is_none),
	  cmocka_unit_test(what_is_shared_is_for_any_thread))
