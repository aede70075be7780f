/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

#define MOST_MAPPINGS 400

/* A list of mappings that a test changes, and makes a snapshot of. */
struct list {
	struct mapsnap_mapping m[MOST_MAPPINGS];
	size_t count;
};

static struct mapsnap *snapshot_of(const struct list *list)
{
	static char text[MOST_MAPPINGS * 2 * LONG_NAME];
	size_t length = 0;

	for (size_t i = 0; i < list->count; i++)
		length += text_line(text + length, &list->m[i]);
	return text_parsed(text, length);
}

static struct list list_of(const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;
	struct list list = { 0 };

	assert_true(mapsnap_count(snapshot) <= MOST_MAPPINGS);
	while ((m = mapsnap_walk_next(&walk)))
		list.m[list.count++] = *m;
	return list;
}

static void set_name(struct mapsnap_mapping *m, const char *name)
{
	m->name = name;
	m->name_length = (uint32_t)strlen(name);
}

/* Whatever may become of a mapping without touching its neighbours. */
static void change(struct random *random, struct mapsnap_mapping *m)
{
	uint64_t size = m->end - m->start;

	switch (random_below(random, 7)) {
	case 0:
		m->permissions ^= (uint16_t)(1 + random_below(random, 15));
		break;
	case 1:
		m->offset += 0x1000;
		break;
	case 2:
		m->inode++;
		break;
	case 3:
		m->device_minor++;
		break;
	case 4:
		set_name(m, "/other");
		break;
	case 5:
		m->start += size > 1 ? 1 + random_below(random, size - 1) : 0;
		break;
	default:
		m->end -= size > 1 ? 1 + random_below(random, size - 1) : 0;
	}
}

/* Drops some, changes some once or more, splits some, and leaves the others. */
static struct list changed(struct random *random, const struct list *before)
{
	struct list after = { .count = 0 };
	uint64_t often = 1 + random_below(random, 20);

	for (size_t i = 0; i < before->count; i++) {
		struct mapsnap_mapping m = before->m[i];

		if (random_below(random, often) == 0 && random_below(random, 3) == 0)
			continue;
		while (random_below(random, often) == 0 && random_below(random, 2))
			change(random, &m);
		after.m[after.count++] = m;
		if (random_below(random, often) == 0 && m.end - m.start > 1 &&
		    after.count < MOST_MAPPINGS) {
			uint64_t middle = m.start + 1 + random_below(random, m.end - m.start - 1);

			after.m[after.count - 1].end = m.start = middle;
			change(random, &m);
			after.m[after.count++] = m;
		}
	}
	return after;
}

static bool same_fields(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->start == b->start && a->end == b->end && a->permissions == b->permissions &&
	       a->offset == b->offset && a->inode == b->inode &&
	       a->device_major == b->device_major && a->device_minor == b->device_minor &&
	       strcmp(a->name, b->name) == 0;
}

static uint32_t expected_what(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	uint32_t what = 0;

	if (a->start != b->start)
		what |= MAPSNAP_CHANGED_START;
	if (a->end != b->end)
		what |= MAPSNAP_CHANGED_END;
	if (a->permissions != b->permissions)
		what |= MAPSNAP_CHANGED_PERMISSIONS;
	if (a->offset != b->offset)
		what |= MAPSNAP_CHANGED_OFFSET;
	if (a->inode != b->inode || a->device_major != b->device_major ||
	    a->device_minor != b->device_minor)
		what |= MAPSNAP_CHANGED_FILE;
	if (strcmp(a->name, b->name) != 0)
		what |= MAPSNAP_CHANGED_NAME;
	return what;
}

static void assert_sound(const struct mapsnap_change *c)
{
	assert_true(c->before || c->after);
	assert_int_equal(c->reserved, 0);
	if (!c->before || !c->after) {
		assert_int_equal(c->what, 0);
		return;
	}
	assert_true(c->what != 0);
	assert_int_equal(c->what, expected_what(c->before, c->after));
	assert_true(c->before->start == c->after->start || c->before->end == c->after->end);
}

static uint64_t place_of(const struct mapsnap_change *c)
{
	uint64_t before = c->before ? c->before->start : UINT64_MAX;
	uint64_t after = c->after ? c->after->start : UINT64_MAX;

	return before < after ? before : after;
}

static int by_start(const void *a, const void *b)
{
	const struct mapsnap_mapping *const *x = a, *const *y = b;

	return (*x)->start < (*y)->start ? -1 : (*x)->start > (*y)->start;
}

static void drop(const struct mapsnap_mapping **set, size_t *count, const struct mapsnap_mapping *m)
{
	for (size_t i = 0; i < *count; i++) {
		if (set[i] == m) {
			set[i] = set[--*count];
			return;
		}
	}
	fail_msg("a change removes what is not there");
}

/* What was there, without what each change has before, with what it has after. */
static void assert_changes_lead_from_to(const struct mapsnap *before, const struct mapsnap *after)
{
	static const struct mapsnap_mapping *set[3 * MOST_MAPPINGS];
	struct mapsnap_diff diff = { .before = before, .after = after };
	struct mapsnap_change c;
	size_t count = mapsnap_count(before);
	uint64_t place = 0;

	for (size_t i = 0; i < count; i++)
		set[i] = mapsnap_at(before, i);
	while (mapsnap_diff_next(&diff, &c)) {
		assert_sound(&c);
		assert_true(place_of(&c) >= place);
		place = place_of(&c);
		if (c.before)
			drop(set, &count, c.before);
		if (c.after)
			set[count++] = c.after;
	}
	assert_int_equal(mapsnap_diff_next(&diff, &c), 0);
	assert_int_equal(count, mapsnap_count(after));
	qsort(set, count, sizeof(set[0]), by_start);
	for (size_t i = 0; i < count; i++)
		assert_true(same_fields(set[i], mapsnap_at(after, i)));
}

static void the_changes_lead_from_before_to_after(void **state)
{
	struct random random = { 0xd1ff };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		size_t length;
		char *text = text_made_up(&random, random_below(&random, 150), &length);
		struct mapsnap *before = text_parsed(text, length);
		struct list list = list_of(before);
		struct list other = changed(&random, &list);
		struct mapsnap *after = snapshot_of(&other);

		assert_changes_lead_from_to(before, after);
		assert_changes_lead_from_to(after, before);
		mapsnap_unref(before);
		mapsnap_unref(after);
		free(text);
	}
}

static void snapshots_that_have_nothing_in_common_differ_in_all(void **state)
{
	struct random random = { 0x0dd };
	size_t length;

	(void)state;
	for (size_t n = 0; n < 50; n++) {
		char *text = text_made_up(&random, n, &length);
		char *other_text = text_made_up(&random, n, &length);
		struct mapsnap *snapshot = text_parsed(text, strlen(text));
		struct mapsnap *other = text_parsed(other_text, length);
		struct mapsnap *empty = text_parsed("", 0);

		assert_changes_lead_from_to(snapshot, other);
		assert_changes_lead_from_to(snapshot, empty);
		assert_changes_lead_from_to(empty, snapshot);
		mapsnap_unref(snapshot);
		mapsnap_unref(other);
		mapsnap_unref(empty);
		free(text);
		free(other_text);
	}
}

static void equal_snapshots_have_no_difference(void **state)
{
	struct random random = { 0xe9 };

	(void)state;
	for (size_t n = 0; n < 100; n++) {
		size_t length;
		char *text = text_made_up(&random, n, &length);
		struct mapsnap *a = text_parsed(text, length);
		struct mapsnap *b = text_parsed(text, length);
		struct mapsnap_diff with_itself = { .before = a, .after = a };
		struct mapsnap_diff diff = { .before = a, .after = b };
		struct mapsnap_change c;

		assert_int_equal(mapsnap_diff_next(&diff, &c), 0);
		assert_int_equal(mapsnap_diff_next(&with_itself, &c), 0);
		mapsnap_unref(a);
		mapsnap_unref(b);
		free(text);
	}
}

/* One mapping becomes another: the one change between them, whose before and after are alive. */
static uint32_t what_between(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	const struct list before = { .m = { *a }, .count = 1 };
	const struct list after = { .m = { *b }, .count = 1 };
	struct mapsnap *x = snapshot_of(&before), *y = snapshot_of(&after);
	struct mapsnap_diff diff = { .before = x, .after = y };
	struct mapsnap_change c;

	assert_int_equal(mapsnap_diff_next(&diff, &c), 1);
	assert_ptr_equal(c.before, mapsnap_at(x, 0));
	assert_ptr_equal(c.after, mapsnap_at(y, 0));
	mapsnap_unref(x);
	mapsnap_unref(y);
	return c.what;
}

static void each_field_has_its_bit(void **state)
{
	const struct mapsnap_mapping is = {
		.start = 0x1000,
		.end = 0x9000,
		.offset = 0x1000,
		.inode = 7,
		.device_major = 8,
		.device_minor = 1,
		.name = "/a",
		.name_length = 2,
		.permissions = MAPSNAP_READ,
	};
	struct mapsnap_mapping other = is;

	(void)state;
	other.start = 0x2000;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_START);
	other = is;
	other.end = 0xa000;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_END);
	other = is;
	other.permissions = MAPSNAP_READ | MAPSNAP_SHARED;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_PERMISSIONS);
	other = is;
	other.offset = 0;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_OFFSET);
	other = is;
	other.inode = 8;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_FILE);
	other = is;
	other.device_major = 9;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_FILE);
	other = is;
	other.device_minor = 2;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_FILE);
	other = is;
	set_name(&other, "/b");
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_NAME);
	set_name(&other, "/ab");
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_NAME);
	set_name(&other, "");
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_NAME);
	other.inode = 0;
	other.end = 0x5000;
	other.offset = 0;
	assert_int_equal(what_between(&is, &other), MAPSNAP_CHANGED_NAME | MAPSNAP_CHANGED_FILE |
							    MAPSNAP_CHANGED_END |
							    MAPSNAP_CHANGED_OFFSET);
}

static void a_stack_that_grew_down_is_one_change(void **state)
{
	const struct mapsnap_mapping before = {
		.start = 0x5000, .end = 0x9000, .name = "[stack]", .name_length = 7
	};
	struct mapsnap_mapping after = before;

	(void)state;
	after.start = 0x3000;
	assert_int_equal(what_between(&before, &after), MAPSNAP_CHANGED_START);
	assert_int_equal(what_between(&after, &before), MAPSNAP_CHANGED_START);
}

static void a_mapping_elsewhere_is_one_removed_and_one_added(void **state)
{
	const struct list before = { .m = { { .start = 0x1000, .end = 0x2000 } }, .count = 1 };
	const struct list after = { .m = { { .start = 0x3000, .end = 0x4000 } }, .count = 1 };
	struct mapsnap *x = snapshot_of(&before), *y = snapshot_of(&after);
	struct mapsnap_diff diff = { .before = x, .after = y };
	struct mapsnap_change c;

	(void)state;
	assert_int_equal(mapsnap_diff_next(&diff, &c), 1);
	assert_ptr_equal(c.before, mapsnap_at(x, 0));
	assert_null(c.after);
	assert_int_equal(c.what, 0);
	assert_int_equal(mapsnap_diff_next(&diff, &c), 1);
	assert_null(c.before);
	assert_ptr_equal(c.after, mapsnap_at(y, 0));
	assert_int_equal(c.what, 0);
	assert_int_equal(mapsnap_diff_next(&diff, &c), 0);
	mapsnap_unref(x);
	mapsnap_unref(y);
}

UNIT_MAIN("diff", cmocka_unit_test(the_changes_lead_from_before_to_after),
	  cmocka_unit_test(snapshots_that_have_nothing_in_common_differ_in_all),
	  cmocka_unit_test(equal_snapshots_have_no_difference),
	  cmocka_unit_test(each_field_has_its_bit),
	  cmocka_unit_test(a_stack_that_grew_down_is_one_change),
	  cmocka_unit_test(a_mapping_elsewhere_is_one_removed_and_one_added))
