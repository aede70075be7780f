/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

#define THREADS 4
#define ROUNDS  20000

static const char text[] = "00400000-00401000 r--p 00000000 08:01 11 "
			   "                                /bin/true\n"
			   "00401000-00402000 r-xp 00001000 08:01 11 "
			   "                                /bin/true\n"
			   "00402000-00403000 rw-p 00000000 00:00 0 \n"
			   "00500000-00501000 rw-p 00000000 08:01 12 "
			   "                                /bin/a\\012b (deleted)\n";

static struct mapsnap *snapshot_of_text(void)
{
	return text_parsed(text, sizeof(text) - 1);
}

static void a_walk_gives_each_mapping_by_its_number(void **state)
{
	static const size_t counts[] = { 0, 1, 63, 64, 65, 128, 1000 };
	struct random random = { 0x3a1c };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t length;
		char *made_up = text_made_up(&random, counts[i], &length);
		struct mapsnap *snapshot = text_parsed(made_up, length);
		struct mapsnap_walk walk = { .snapshot = snapshot };
		uint64_t end = 0;

		assert_int_equal(mapsnap_count(snapshot), counts[i]);
		for (size_t j = 0; j < counts[i]; j++) {
			const struct mapsnap_mapping *m = mapsnap_walk_next(&walk);

			assert_ptr_equal(m, mapsnap_at(snapshot, j));
			assert_true(m->start >= end);
			end = m->end;
		}
		assert_null(mapsnap_walk_next(&walk));
		assert_null(mapsnap_walk_next(&walk));
		assert_null(mapsnap_at(snapshot, counts[i]));
		assert_null(mapsnap_at(snapshot, SIZE_MAX));
		mapsnap_unref(snapshot);
		free(made_up);
	}
}

static void a_mapping_is_64_bytes(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct mapsnap_mapping), 64);
}

static void every_mapping_has_a_name_and_a_path(void **state)
{
	struct mapsnap *snapshot = snapshot_of_text();

	(void)state;
	assert_string_equal(mapsnap_at(snapshot, 0)->name, "/bin/true");
	assert_string_equal(mapsnap_at(snapshot, 2)->name, "");
	assert_string_equal(mapsnap_at(snapshot, 2)->path, "");
	assert_int_equal(mapsnap_at(snapshot, 2)->flags, 0);
	assert_string_equal(mapsnap_at(snapshot, 3)->name, "/bin/a\\012b (deleted)");
	assert_string_equal(mapsnap_at(snapshot, 3)->path, "/bin/a\nb");
	assert_int_equal(mapsnap_at(snapshot, 3)->flags, MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(mapsnap_at(snapshot, i)->name_length,
				 strlen(mapsnap_at(snapshot, i)->name));
	mapsnap_unref(snapshot);
}

static void mappings_of_one_file_share_its_name(void **state)
{
	struct mapsnap *snapshot = snapshot_of_text();

	(void)state;
	assert_ptr_equal(mapsnap_at(snapshot, 0)->name, mapsnap_at(snapshot, 1)->name);
	assert_ptr_equal(mapsnap_at(snapshot, 0)->path, mapsnap_at(snapshot, 0)->name);
	mapsnap_unref(snapshot);
}

static void the_text_may_go_before_the_snapshot(void **state)
{
	char *copy = strdup(text);
	struct mapsnap *snapshot;
	size_t length;
	char *again;

	(void)state;
	assert_non_null(copy);
	assert_int_equal(mapsnap_parse(copy, sizeof(text) - 1, &snapshot, NULL), 0);
	memset(copy, 'x', sizeof(text) - 1);
	free(copy);
	again = text_of(snapshot, &length);
	assert_string_equal(again, text);
	free(again);
	mapsnap_unref(snapshot);
}

static void a_reference_keeps_the_snapshot(void **state)
{
	struct mapsnap *snapshot = snapshot_of_text();

	(void)state;
	assert_ptr_equal(mapsnap_ref(snapshot), snapshot);
	mapsnap_unref(snapshot);
	assert_string_equal(mapsnap_at(snapshot, 0)->name, "/bin/true");
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_SAVED);
	mapsnap_unref(snapshot);
	mapsnap_unref(NULL);
}

/* Reads whatever a snapshot has, so that a sanitizer sees it freed too early. */
static bool is_whole(const struct mapsnap *snapshot)
{
	const struct mapsnap_mapping *m = mapsnap_find(snapshot, 0x500000);

	return m && strcmp(m->path, "/bin/a\nb") == 0 && mapsnap_count(snapshot) == 4;
}

/* Begins with a reference of its own, takes and gives back others, and ends with none. */
static void *use(void *argument)
{
	struct mapsnap *snapshot = argument;
	bool whole = true;

	for (int i = 0; i < ROUNDS; i++) {
		mapsnap_ref(snapshot);
		whole = whole && is_whole(snapshot);
		mapsnap_unref(snapshot);
	}
	whole = whole && is_whole(snapshot);
	mapsnap_unref(snapshot);
	return whole ? argument : NULL;
}

/* Whoever gives back the last reference frees it: a leak or a use after that is seen. */
static void threads_share_a_snapshot(void **state)
{
	struct mapsnap *snapshot = snapshot_of_text();
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, mapsnap_ref(snapshot)), 0);
	mapsnap_unref(snapshot);
	for (int i = 0; i < THREADS; i++) {
		void *whole;

		assert_int_equal(pthread_join(threads[i], &whole), 0);
		assert_non_null(whole);
	}
}

UNIT_MAIN("snapshot", cmocka_unit_test(a_walk_gives_each_mapping_by_its_number),
	  cmocka_unit_test(a_mapping_is_64_bytes),
	  cmocka_unit_test(every_mapping_has_a_name_and_a_path),
	  cmocka_unit_test(mappings_of_one_file_share_its_name),
	  cmocka_unit_test(the_text_may_go_before_the_snapshot),
	  cmocka_unit_test(a_reference_keeps_the_snapshot),
	  cmocka_unit_test(threads_share_a_snapshot))
