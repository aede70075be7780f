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

/* As malloc gives memory, a block may be a little larger than asked for. */
#define BLOCK_WASTE 64

/* So many share a block, with the start of each once more, and names that neighbours have in
 * common. */
#define CHUNK       64
#define INDEX_BYTES 8
#define CHUNK_BYTES (CHUNK * INDEX_BYTES + 64 + BLOCK_WASTE)

/* Neighbours of one name have it once; the others each their own. */
static size_t bytes_of_names(const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;
	const char *last = NULL;
	size_t bytes = 0;

	while ((m = mapsnap_walk_next(&walk))) {
		if (m->name != last)
			bytes += m->name_length + 1;
		if (m->name != last && m->path != m->name)
			bytes += strlen(m->path) + 1;
		last = m->name;
	}
	return bytes;
}

static size_t most_bytes(const struct mapsnap *snapshot, size_t count)
{
	return count * 64 + (count / CHUNK + 1) * CHUNK_BYTES + bytes_of_names(snapshot) +
	       4 * BLOCK_WASTE + sizeof(struct mapsnap_info) * 2;
}

static void a_mapping_takes_64_bytes_besides_its_name_and_the_index(void **state)
{
	static const size_t counts[] = { 1, 255, 256, 257, 5000, 60000 };
	struct random random = { 0x64 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t length, before;
		char *made_up = text_made_up(&random, counts[i], &length);
		struct mapsnap *snapshot;

		before = allocations_bytes();
		snapshot = text_parsed(made_up, length);
		assert_in_range(allocations_bytes() - before, 1, most_bytes(snapshot, counts[i]));
		mapsnap_unref(snapshot);
		free(made_up);
	}
}

static void neighbours_share_a_name(void **state)
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
	assert_in_range(allocations_bytes() - before, 1,
			most_bytes(snapshot, 10000) + 10000 / CHUNK * sizeof(line));
	mapsnap_unref(snapshot);
	free(lines);
}

UNIT_MAIN("footprint", cmocka_unit_test(lookups_and_comparisons_allocate_nothing),
	  cmocka_unit_test(a_mapping_takes_64_bytes_besides_its_name_and_the_index),
	  cmocka_unit_test(neighbours_share_a_name))
