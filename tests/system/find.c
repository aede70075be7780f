/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups in a process of thousands of mappings, against looking at each of them. */
#include <stdlib.h>

#include "asserts.h"
#include "../mappings.h"
#include "started.h"

static struct started subject;
static struct mapsnap *snapshot;
static struct mapsnap_mapping *all;
static size_t count;

static int read_subject(void **state)
{
	static const char *const options[] = { "--mappings", "5000", NULL };

	(void)state;
	if (!started_target(&subject, options))
		return -1;
	snapshot = must_read_pid(subject.pid, NULL);
	all = mappings_copied(snapshot);
	count = mapsnap_count(snapshot);
	return 0;
}

static int end_subject(void **state)
{
	(void)state;
	free(all);
	mapsnap_unref(snapshot);
	started_end(&subject);
	return 0;
}

static const struct mapsnap_mapping *find_by_hand(uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (all[i].start <= address && address < all[i].end)
			return mapsnap_at(snapshot, i);
	return NULL;
}

/* The last byte before, the first, the middle, the last, and the first behind. */
#define EDGES 5

/* Of every mapping, and the ends of the world. */
static size_t make_edges(uint64_t **edges)
{
	size_t n = 0;

	*edges = calloc(EDGES * count + 2, sizeof(**edges));
	assert_non_null(*edges);
	(*edges)[n++] = 0;
	for (size_t i = 0; i < count; i++) {
		(*edges)[n++] = all[i].start - 1;
		(*edges)[n++] = all[i].start;
		(*edges)[n++] = all[i].start + (all[i].end - all[i].start) / 2;
		(*edges)[n++] = all[i].end - 1;
		(*edges)[n++] = all[i].end;
	}
	(*edges)[n++] = UINT64_MAX;
	return n;
}

static void shuffle(uint64_t *addresses, size_t n)
{
	srandom(1);
	for (size_t i = n - 1; i > 0; i--) {
		size_t other = (size_t)random() % (i + 1);
		uint64_t address = addresses[i];

		addresses[i] = addresses[other];
		addresses[other] = address;
	}
}

static void find_tells_the_mapping_at_every_edge(void **state)
{
	uint64_t *edges;
	size_t n = make_edges(&edges);

	(void)state;
	assert_true(count > 5000);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(mapsnap_find(snapshot, edges[i]), find_by_hand(edges[i]));
	free(edges);
}

static void assert_find_many(const uint64_t *addresses, size_t n)
{
	const struct mapsnap_mapping **found = calloc(n + 1, sizeof(*found));
	size_t hits = 0, told;

	assert_non_null(found);
	told = mapsnap_find_many(snapshot, addresses, n, found);
	for (size_t i = 0; i < n; i++) {
		const struct mapsnap_mapping *m = find_by_hand(addresses[i]);

		assert_ptr_equal(found[i], m);
		hits += m != NULL;
	}
	assert_int_equal(told, hits);
	free(found);
}

/* All of them, and ever fewer: how to search best depends on how many there are. */
static void assert_find_many_of_each_share(uint64_t *addresses, size_t n)
{
	for (size_t step = 1; n > 0; step = 3) {
		size_t kept = 0;

		for (size_t i = 0; i < n; i += step)
			addresses[kept++] = addresses[i];
		assert_find_many(addresses, kept);
		n = kept > 1 ? kept : 0;
	}
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y ? 1 : 0;
}

static int descending(const void *a, const void *b)
{
	return ascending(b, a);
}

static void find_many_tells_them_in_ascending_order(void **state)
{
	uint64_t *edges;
	size_t n = make_edges(&edges);

	(void)state;
	qsort(edges, n, sizeof(*edges), ascending);
	assert_find_many_of_each_share(edges, n);
	free(edges);
}

static void find_many_tells_them_in_any_order(void **state)
{
	uint64_t *edges;
	size_t n = make_edges(&edges);

	(void)state;
	shuffle(edges, n);
	assert_find_many_of_each_share(edges, n);
	free(edges);
}

static void find_many_tells_them_in_descending_order(void **state)
{
	uint64_t *edges;
	size_t n = make_edges(&edges);

	(void)state;
	qsort(edges, n, sizeof(*edges), descending);
	assert_find_many_of_each_share(edges, n);
	free(edges);
}

static void find_many_of_no_address_finds_nothing(void **state)
{
	(void)state;
	assert_find_many(NULL, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(find_tells_the_mapping_at_every_edge),
		tidy_test(find_many_tells_them_in_ascending_order),
		tidy_test(find_many_tells_them_in_any_order),
		tidy_test(find_many_tells_them_in_descending_order),
		tidy_test(find_many_of_no_address_finds_nothing),
	};

	return run_suite(tests, read_subject, end_subject);
}
