/* SPDX-License-Identifier: BSD-2-Clause */
/* What a snapshot takes of memory, and what is done with it without any. */
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "reading.h"
#include "text.h"
#include "unit.h"

static void lookups_and_comparisons_allocate_nothing(void **state)
{
	struct mapsnap *a = text_parsed(TWO, sizeof(TWO) - 1);
	struct mapsnap *b = text_parsed(ONE, sizeof(ONE) - 1);
	const uint64_t addresses[] = { 0, 0x30000, 0x10000 };
	const struct mapsnap_mapping *found[3];
	struct mapsnap_diff diff = { .before = b, .after = a };
	struct mapsnap_change change;
	char line[128];

	(void)state;
	allocations_forbid();
	assert_non_null(mapsnap_find(a, 0x20000));
	assert_int_equal(mapsnap_find_many(a, addresses, 3, found), 1);
	assert_int_equal(mapsnap_diff_next(&diff, &change), 1);
	mapsnap_format(change.after, line, sizeof(line));
	assert_ptr_equal(mapsnap_ref(a), a);
	allocations_allow();
	mapsnap_unref(a);
	mapsnap_unref(a);
	mapsnap_unref(b);
}

/* As malloc gives memory, a block may be a little larger than asked for; large ones by pages. */
#define BLOCK_WASTE 4096

/* The index: the start of each mapping once more. */
#define INDEX_BYTES 8

/* All names of a snapshot stand in one block, which begins with "". */
static size_t bytes_of_names(const struct mapsnap_mapping *m, size_t count)
{
	const char *first = m[0].name, *end = m[0].name;

	for (size_t i = 0; i < count; i++) {
		const char *name_end = m[i].name + m[i].name_length + 1;
		const char *path_end = m[i].path + strlen(m[i].path) + 1;

		first = m[i].name < first ? m[i].name : first;
		end = name_end > end ? name_end : end;
		end = path_end > end ? path_end : end;
	}
	return (size_t)(end - first) + 1;
}

static void a_mapping_takes_64_bytes_besides_its_name_and_the_index(void **state)
{
	static const size_t counts[] = { 1, 255, 256, 257, 5000, 60000 };
	struct random random = { 0x64 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t length, before, names;
		char *made_up = text_made_up(&random, counts[i], &length);
		struct mapsnap *snapshot;

		before = allocations_bytes();
		snapshot = text_parsed(made_up, length);
		names = bytes_of_names(mapsnap_mappings(snapshot, NULL), counts[i]);
		assert_true(allocations_bytes() - before <=
			    counts[i] * (64 + INDEX_BYTES) + names + 3 * BLOCK_WASTE);
		mapsnap_unref(snapshot);
		free(made_up);
	}
}

static void names_take_their_own_length_once(void **state)
{
	static const char line[] = FILE_LINE;
	char *lines = malloc(10000 * sizeof(line));
	struct mapsnap *snapshot;
	size_t before;

	(void)state;
	for (size_t i = 0; i < 10000; i++)
		memcpy(lines + i * (sizeof(line) - 1), line, sizeof(line) - 1);
	before = allocations_bytes();
	snapshot = text_parsed(lines, 10000 * (sizeof(line) - 1));
	assert_true(allocations_bytes() - before <= 10000 * (64 + INDEX_BYTES) + 3 * BLOCK_WASTE);
	mapsnap_unref(snapshot);
	free(lines);
}

UNIT_MAIN("footprint", cmocka_unit_test(lookups_and_comparisons_allocate_nothing),
	  cmocka_unit_test(a_mapping_takes_64_bytes_besides_its_name_and_the_index),
	  cmocka_unit_test(names_take_their_own_length_once))
