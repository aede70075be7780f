/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_label.h"

#include "sketch.h"
#include "unit.h"

struct drawing {
	struct mapsnap *snapshot;
	struct picture picture;
	struct label labels[LABELS_PER_LINE];
	size_t count;
};

/* The labels of a line of what was sketched. */
static struct drawing draw(size_t line)
{
	struct drawing d = { .snapshot = sketch_snapshot() };

	assert_int_equal(picture_make(d.snapshot, &d.picture), 0);
	assert_true(line < d.picture.line_count);
	d.count = labels_of_line(&d.picture, &d.picture.lines[line], d.labels);
	return d;
}

static void drop(struct drawing *d)
{
	picture_free(&d->picture);
	mapsnap_unref(d->snapshot);
}

static void neighbours_of_one_name_have_one_label(void **state)
{
	struct drawing d;

	(void)state;
	sketch_begin(0x10000000);
	sketch_map(32 * KIB, "r--p", "/lib/libc.so.6");
	sketch_map(64 * KIB, "r-xp", "/lib/libc.so.6");
	sketch_map(32 * KIB, "rw-p", "/lib/libc.so.6");
	sketch_map(64 * KIB, "rw-p", "[heap]");
	d = draw(0);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.labels[0].name, "libc.so.6");
	assert_int_equal(d.labels[0].bytes, 128 * KIB);
	assert_true(d.labels[0].x + d.labels[0].width == d.labels[1].x);
	assert_string_equal(d.labels[1].name, "[heap]");
	assert_false(d.labels[1].continued);
	drop(&d);
}

static void memory_without_a_name_has_a_label_each(void **state)
{
	struct drawing d;

	(void)state;
	sketch_begin(0x10000000);
	sketch_map(128 * KIB, "rw-p", "");
	sketch_map(128 * KIB, "---p", "");
	d = draw(0);
	assert_int_equal(d.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(d.labels[i].name, "");
		assert_int_equal(d.labels[i].bytes, 128 * KIB);
	}
	drop(&d);
}

/* Pages and something long, which they make fill several lines. */
static void a_label_is_repeated_where_a_line_goes_on(void **state)
{
	struct drawing d;

	(void)state;
	sketch_begin(0x10000000);
	for (int i = 0; i < 60; i++)
		sketch_map(4 * KIB, i % 2 ? "r--p" : "rw-p", "");
	sketch_map(512 * KIB, "r-xp", "/lib/libc.so.6");
	d = draw(1);
	assert_string_equal(d.labels[0].name, "libc.so.6");
	assert_int_equal(d.labels[0].bytes, 512 * KIB);
	assert_true(d.labels[0].continued);
	drop(&d);
}

/* A name wants more than the pages have; the widest mapping has the first say. */
static void a_label_without_room_leaves_it_to_a_wider_one(void **state)
{
	struct drawing d;

	(void)state;
	sketch_begin(0x10000000);
	sketch_map(4 * KIB, "r--p", "/lib/libone.so");
	sketch_map(4 * KIB, "r--p", "/lib/libtwo.so");
	sketch_map(256 * KIB, "r--p", "/lib/libthree.so");
	sketch_map(4 * KIB, "r--p", "/lib/libfour.so");
	d = draw(0);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.labels[0].name, "libthree.so");
	assert_string_equal(d.labels[1].name, "libfour.so");
	drop(&d);
}

static void what_is_drawn_together_is_counted(void **state)
{
	size_t mappings = 0;
	struct drawing d;

	(void)state;
	sketch_begin(0x10000000);
	for (int i = 0; i < 60000; i++)
		sketch_map(4 * KIB, i % 2 ? "r--p" : "rw-p", i % 3 ? "/a" : "/b");
	d = draw(0);
	for (size_t i = 0; i < d.picture.line_count; i++) {
		size_t n = labels_of_line(&d.picture, &d.picture.lines[i], d.labels);

		assert_int_equal(n, 1);
		assert_string_equal(d.labels[0].name, "");
		mappings += d.labels[0].mappings;
	}
	assert_int_equal(mappings, 60000);
	drop(&d);
}

UNIT_MAIN("label", cmocka_unit_test(neighbours_of_one_name_have_one_label),
	  cmocka_unit_test(memory_without_a_name_has_a_label_each),
	  cmocka_unit_test(a_label_is_repeated_where_a_line_goes_on),
	  cmocka_unit_test(a_label_without_room_leaves_it_to_a_wider_one),
	  cmocka_unit_test(what_is_drawn_together_is_counted))
