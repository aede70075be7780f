/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

static const size_t sizes[] = { 0,  1,  2,  3,   7,   8,   9,   15,  16,  17,   31,   32,   33,
				63, 64, 65, 255, 256, 257, 511, 512, 513, 4095, 4096, 4097, 60000 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

struct addresses {
	uint64_t *list;
	size_t count;
};

static bool contains(const struct mapsnap_mapping *m, uint64_t address)
{
	return m->start <= address && address < m->end;
}

/* The answer by looking at each, from mapping `from` on and before `to`. */
static const struct mapsnap_mapping *scan(const struct mapsnap *snapshot, size_t from, size_t to,
					  uint64_t address)
{

	for (size_t i = from; i < to && i < mapsnap_count(snapshot); i++)
		if (contains(mapsnap_at(snapshot, i), address))
			return mapsnap_at(snapshot, i);
	return NULL;
}

static struct mapsnap *made_up(struct random *random, size_t count)
{
	size_t length;
	char *text = text_made_up(random, count, &length);
	struct mapsnap *snapshot = text_parsed(text, length);

	assert_int_equal(mapsnap_count(snapshot), count);
	free(text);
	return snapshot;
}

/* Both sides of both edges of every mapping, the ends of the world, and some that mean nothing. */
static struct addresses interesting(struct random *random, const struct mapsnap *snapshot)
{
	size_t count = mapsnap_count(snapshot);
	struct addresses a = { malloc((4 * count + 64) * sizeof(*a.list)), 0 };

	assert_non_null(a.list);
	for (size_t i = 0; i < count; i++) {
		a.list[a.count++] = mapsnap_at(snapshot, i)->start - 1;
		a.list[a.count++] = mapsnap_at(snapshot, i)->start;
		a.list[a.count++] = mapsnap_at(snapshot, i)->end - 1;
		a.list[a.count++] = mapsnap_at(snapshot, i)->end;
	}
	a.list[a.count++] = 0;
	a.list[a.count++] = 1;
	a.list[a.count++] = UINT64_MAX - 1;
	a.list[a.count++] = UINT64_MAX;
	for (int i = 0; i < 32; i++)
		a.list[a.count++] = random_next(random) >> random_below(random, 64);
	return a;
}

static void assert_edges_found(const struct mapsnap *snapshot)
{
	size_t count = mapsnap_count(snapshot);

	for (size_t i = 0; i < count; i++) {
		const uint64_t edges[] = { mapsnap_at(snapshot, i)->start - 1,
					   mapsnap_at(snapshot, i)->start,
					   mapsnap_at(snapshot, i)->end - 1,
					   mapsnap_at(snapshot, i)->end };

		assert_ptr_equal(mapsnap_find(snapshot, mapsnap_at(snapshot, i)->start),
				 mapsnap_at(snapshot, i));
		assert_ptr_equal(mapsnap_find(snapshot, mapsnap_at(snapshot, i)->end - 1),
				 mapsnap_at(snapshot, i));
		/* They ascend without overlap: what is not the one is a neighbour, or none. */
		for (size_t j = 0; j < 4; j++)
			assert_ptr_equal(mapsnap_find(snapshot, edges[j]),
					 scan(snapshot, i ? i - 1 : 0, i + 2, edges[j]));
	}
	assert_ptr_equal(mapsnap_find(snapshot, 0), scan(snapshot, 0, 1, 0));
	assert_null(mapsnap_find(snapshot, UINT64_MAX));
}

static void find_agrees_with_a_scan_at_every_edge(void **state)
{
	struct random random = { 0xf1d };

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		int layouts = sizes[i] < 1000 ? 20 : sizes[i] < 10000 ? 3 : 1;

		while (layouts--) {
			struct mapsnap *snapshot = made_up(&random, sizes[i]);

			assert_edges_found(snapshot);
			mapsnap_unref(snapshot);
		}
	}
}

static void find_agrees_with_a_scan_at_any_address(void **state)
{
	struct random random = { 0xadd };

	(void)state;
	for (size_t i = 0; i < SIZES && sizes[i] <= 513; i++) {
		struct mapsnap *snapshot = made_up(&random, sizes[i]);
		struct addresses a = interesting(&random, snapshot);

		for (size_t j = 0; j < a.count; j++)
			assert_ptr_equal(mapsnap_find(snapshot, a.list[j]),
					 scan(snapshot, 0, sizes[i], a.list[j]));
		free(a.list);
		mapsnap_unref(snapshot);
	}
}

static void assert_many_as_one(const struct mapsnap *snapshot, const uint64_t *addresses, size_t n)
{
	const struct mapsnap_mapping **found = malloc((n + 1) * sizeof(struct mapsnap_mapping *));
	const struct mapsnap_mapping *const untouched = (const void *)&found;
	size_t hits = 0;

	assert_non_null(found);
	found[n] = untouched;
	for (size_t i = 0; i < n; i++)
		hits += mapsnap_find(snapshot, addresses[i]) != NULL;
	assert_int_equal(mapsnap_find_many(snapshot, addresses, n, found), hits);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(found[i], mapsnap_find(snapshot, addresses[i]));
	assert_ptr_equal(found[n], untouched);
	free(found);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void shuffle(struct random *random, uint64_t *list, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below(random, i);
		uint64_t swap = list[i - 1];

		list[i - 1] = list[j];
		list[j] = swap;
	}
}

static void find_many_agrees_with_find_in_any_order(void **state)
{
	struct random random = { 0x3a27 };

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		struct mapsnap *snapshot = made_up(&random, sizes[i]);
		struct addresses a = interesting(&random, snapshot);

		shuffle(&random, a.list, a.count);
		assert_many_as_one(snapshot, a.list, a.count);
		for (size_t n = 0; n < 36; n++)
			assert_many_as_one(snapshot, a.list + random_below(&random, a.count - n),
					   n);
		qsort(a.list, a.count, sizeof(a.list[0]), by_value);
		assert_many_as_one(snapshot, a.list, a.count);
		free(a.list);
		mapsnap_unref(snapshot);
	}
}

/* Sorted, few or many for the mappings there are, with repetitions and far strides. */
static void find_many_agrees_with_find_on_sorted_samples(void **state)
{
	struct random random = { 0x50 };

	(void)state;
	for (size_t i = 0; i < SIZES && sizes[i] <= 4097; i++) {
		struct mapsnap *snapshot = made_up(&random, sizes[i]);
		struct addresses a = interesting(&random, snapshot);
		uint64_t samples[300];

		for (size_t n = 1; n <= 300; n += 1 + n / 8) {
			for (size_t j = 0; j < n; j++)
				samples[j] = a.list[random_below(&random, a.count)];
			qsort(samples, n, sizeof(samples[0]), by_value);
			assert_many_as_one(snapshot, samples, n);
		}
		free(a.list);
		mapsnap_unref(snapshot);
	}
}

static void nothing_is_found_in_nothing(void **state)
{
	const uint64_t addresses[] = { 0, 1, UINT64_MAX };
	struct random random = { 1 };
	struct mapsnap *snapshot = made_up(&random, 0);

	(void)state;
	assert_many_as_one(snapshot, addresses, 3);
	assert_null(mapsnap_find(snapshot, 0));
	assert_null(mapsnap_find(snapshot, UINT64_MAX));
	assert_int_equal(mapsnap_find_many(snapshot, NULL, 0, NULL), 0);
	mapsnap_unref(snapshot);
}

#define LINE(start, end) start "-" end " rw-p 00000000 00:00 0 \n"

/* The lines of a torn list overlap and run backwards; the first that contains is the answer. */
static void a_torn_list_is_searched_from_its_beginning(void **state)
{
	static const char *const texts[] = {
		LINE("00010000", "00020000") LINE("00018000", "00028000")
			LINE("00030000", "00031000"),
		LINE("00030000", "00031000") LINE("00010000", "00020000")
			LINE("00040000", "00041000"),
		LINE("00010000", "00020000") LINE("00010000", "00020000"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct mapsnap *snapshot = text_parsed(texts[i], strlen(texts[i]));
		uint64_t addresses[0x50];

		for (uint64_t j = 0; j < 0x50; j++) {
			addresses[j] = j << 12;
			assert_ptr_equal(mapsnap_find(snapshot, j << 12),
					 scan(snapshot, 0, 3, j << 12));
		}
		assert_many_as_one(snapshot, addresses, 0x50);
		mapsnap_unref(snapshot);
	}
}

UNIT_MAIN("find", cmocka_unit_test(find_agrees_with_a_scan_at_every_edge),
	  cmocka_unit_test(find_agrees_with_a_scan_at_any_address),
	  cmocka_unit_test(find_many_agrees_with_find_in_any_order),
	  cmocka_unit_test(find_many_agrees_with_find_on_sorted_samples),
	  cmocka_unit_test(nothing_is_found_in_nothing),
	  cmocka_unit_test(a_torn_list_is_searched_from_its_beginning))
