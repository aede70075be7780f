/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "mapsnap.h"
#include "outcome.h"
#include "unit.h"

#define FEW  4
#define MANY 200000 /* so many that some have the same hash */

static int make(void **state)
{
	static struct names names;

	*state = &names;
	return names_init(&names, FEW);
}

static int drop(void **state)
{
	names_free(*state);
	return 0;
}

static const struct name *add(struct names *names, const char *text, bool escaped)
{
	size_t index;

	assert_int_equal(names_add(names, text, strlen(text), escaped, &index), DONE);
	assert_true(index > 0 && index < names->count);
	return &names->list[index];
}

static void a_name_is_stored_once(void **state)
{
	struct names *names = *state;
	const struct name *first = add(names, "/lib/a.so", true);
	size_t used = names->used;

	assert_ptr_equal(add(names, "/lib/a.so", true), first);
	add(names, "/lib/b.so", true);
	assert_ptr_equal(add(names, "/lib/a.so", true), first);
	assert_int_equal(names->used, used + sizeof("/lib/b.so"));
}

static void names_that_differ_in_one_byte_are_two(void **state)
{
	struct names *names = *state;
	char name[] = "/usr/lib/x86_64-linux-gnu/libc.so.6";
	size_t length = sizeof(name) - 1, index;

	for (size_t i = 0; i < length; i++) {
		name[i] ^= 1;
		assert_int_equal(names_add(names, name, length, true, &index), DONE);
		assert_int_equal(index, i + 1);
		name[i] ^= 1;
	}
	/* Also where one is the beginning of the other. */
	for (size_t i = 1; i <= length; i++) {
		assert_int_equal(names_add(names, name, i, true, &index), DONE);
		assert_int_equal(index, length + i);
	}
}

static void the_table_grows_and_finds_what_it_had(void **state)
{
	struct names *names = *state;
	char name[64];

	for (int round = 0; round < 2; round++) {
		for (size_t i = 1; i <= MANY; i++) {
			size_t index;
			int length = snprintf(name, sizeof(name), "/some/where/lib%zu.so", i);

			assert_int_equal(names_add(names, name, (size_t)length, true, &index),
					 DONE);
			assert_int_equal(index, i);
			assert_string_equal(names->bytes + names->list[index].offset, name);
		}
	}
	assert_int_equal(names->count, MANY + 1);
	assert_true(names->capacity < 2 * names->count);
}

static void an_emptied_table_has_forgotten_and_keeps_its_room(void **state)
{
	struct names *names = *state;
	size_t capacity, size;
	char name[16];

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "/%d", i);
		add(names, name, true);
	}
	capacity = names->capacity;
	size = names->size;
	names_clear(names);
	assert_int_equal(names->count, 1);
	assert_int_equal(names->capacity, capacity);
	assert_int_equal(names->size, size);
	assert_ptr_equal(add(names, "/99", true), &names->list[1]);
}

static void a_fixed_table_without_a_free_entry_says_so_and_stays_as_it_was(void **state)
{
	struct names *names = *state;
	size_t index, used;

	names->fixed = true;
	add(names, "/1", true);
	add(names, "/2", true);
	add(names, "/3", true);
	used = names->used;
	assert_int_equal(names_add(names, "/4", 2, true, &index), FULL);
	assert_int_equal(names->count, FEW);
	assert_int_equal(names->capacity, FEW);
	assert_int_equal(names->used, used);
	/* What it has needs no room. */
	assert_ptr_equal(add(names, "/1", true), &names->list[1]);

	assert_int_equal(names_grow(names), 0);
	assert_ptr_equal(add(names, "/4", true), &names->list[FEW]);
	assert_ptr_equal(add(names, "/2", true), &names->list[2]);
}

static void a_fixed_table_without_free_bytes_says_so(void **state)
{
	struct names *names = *state;
	static char name[4096];
	size_t index;

	names->fixed = true;
	memset(name, 'x', sizeof(name));
	assert_int_equal(names_add(names, name, sizeof(name), true, &index), FULL);
	while (names->size < 2 * sizeof(name) + 8)
		assert_int_equal(names_grow(names), 0);
	assert_int_equal(names_add(names, name, sizeof(name), true, &index), DONE);
}

#define DOUBT   MAPSNAP_PATH_AMBIGUOUS
#define DELETED (MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS)

struct reading {
	const char *given;
	const char *name;
	const char *path;
	uint8_t flags;
};

static void assert_readings(struct names *names, const struct reading *readings, size_t n,
			    bool escaped)
{
	for (size_t i = 0; i < n; i++) {
		const struct reading *is = &readings[i];
		const struct name *name = add(names, is->given, escaped);

		assert_string_equal(names->bytes + name->offset, is->name);
		assert_int_equal(name->length, strlen(is->name));
		assert_string_equal(names->bytes + name->path, is->path);
		if (name->flags != is->flags)
			fail_msg("%s: flags %#x", is->given, name->flags);
		if (strcmp(is->name, is->path) == 0)
			assert_int_equal(name->path, name->offset);
	}
}

static void names_from_the_text_are_unescaped_as_far_as_can_be_known(void **state)
{
	static const struct reading readings[] = {
		{ "/a", "/a", "/a", 0 },
		{ "/a\\012b", "/a\\012b", "/a\nb", DOUBT },
		{ "/\\012", "/\\012", "/\n", DOUBT },
		{ "/\\012\\012x\\012", "/\\012\\012x\\012", "/\n\nx\n", DOUBT },
		{ "/a\\01", "/a\\01", "/a\\01", 0 },
		{ "/a\\013", "/a\\013", "/a\\013", 0 },
		{ "/a\\\\012", "/a\\\\012", "/a\\\n", DOUBT },
		{ "/a (deleted)", "/a (deleted)", "/a", DELETED },
		{ "/a (deleted) (deleted)", "/a (deleted) (deleted)", "/a (deleted)", DELETED },
		{ "/a (deleted)x", "/a (deleted)x", "/a (deleted)x", 0 },
		{ "/a\\012b (deleted)", "/a\\012b (deleted)", "/a\nb", DELETED },
		{ " (deleted)", " (deleted)", " (deleted)", 0 },
		{ "[heap]", "[heap]", "[heap]", 0 },
		{ "[anon:x (deleted)]", "[anon:x (deleted)]", "[anon:x (deleted)]", 0 },
		{ "/memfd:a (deleted)", "/memfd:a (deleted)", "/memfd:a", DELETED },
		{ "/\xff\xfe", "/\xff\xfe", "/\xff\xfe", 0 },
	};

	assert_readings(*state, readings, sizeof(readings) / sizeof(readings[0]), true);
}

static void names_from_a_query_are_escaped_and_leave_less_doubt(void **state)
{
	static const struct reading readings[] = {
		{ "/a", "/a", "/a", 0 },
		{ "/a\nb", "/a\\012b", "/a\nb", 0 },
		{ "/\n", "/\\012", "/\n", 0 },
		{ "/\n\n\n\n\n\n\n\n", "/\\012\\012\\012\\012\\012\\012\\012\\012",
		  "/\n\n\n\n\n\n\n\n", 0 },
		{ "/c\\012d", "/c\\012d", "/c\\012d", 0 },
		{ "/a (deleted)", "/a (deleted)", "/a", DELETED },
		{ "/a\nb (deleted)", "/a\\012b (deleted)", "/a\nb", DELETED },
		{ "[stack]", "[stack]", "[stack]", 0 },
	};

	assert_readings(*state, readings, sizeof(readings) / sizeof(readings[0]), false);
}

/* A newline and the four characters \012 print alike, but are two files. */
static void a_query_tells_a_newline_from_what_it_is_written_as(void **state)
{
	struct names *names = *state;
	static const struct reading readings[] = {
		{ "/a\nb", "/a\\012b", "/a\nb", 0 },
		{ "/a\\012b", "/a\\012b", "/a\\012b", 0 },
		{ "/a\nb", "/a\\012b", "/a\nb", 0 },
		{ "/a\nb (deleted)", "/a\\012b (deleted)", "/a\nb", DELETED },
		{ "/a\\012b (deleted)", "/a\\012b (deleted)", "/a\\012b", DELETED },
		{ "/c\nb (deleted)", "/c\\012b (deleted)", "/c\nb", DELETED },
		{ "/a\nb (deleted)", "/a\\012b (deleted)", "/a\nb", DELETED },
		{ "/a\nb_(deleted)", "/a\\012b_(deleted)", "/a\nb_(deleted)", 0 },
		{ "/a\nb (deleted)", "/a\\012b (deleted)", "/a\nb", DELETED },
		{ "/a\nb", "/a\\012b", "/a\nb", 0 },
	};

	assert_readings(names, readings, sizeof(readings) / sizeof(readings[0]), false);
	assert_int_equal(names->count, 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

UNIT_MAIN("names", TEST(a_name_is_stored_once), TEST(names_that_differ_in_one_byte_are_two),
	  TEST(the_table_grows_and_finds_what_it_had),
	  TEST(an_emptied_table_has_forgotten_and_keeps_its_room),
	  TEST(a_fixed_table_without_a_free_entry_says_so_and_stays_as_it_was),
	  TEST(a_fixed_table_without_free_bytes_says_so),
	  TEST(names_from_the_text_are_unescaped_as_far_as_can_be_known),
	  TEST(names_from_a_query_are_escaped_and_leave_less_doubt),
	  TEST(a_query_tells_a_newline_from_what_it_is_written_as))
