/* SPDX-License-Identifier: BSD-2-Clause */
/* From addresses to mappings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "benches.h"
#include "layout.h"
#include "mapsnap.h"
#include "reference.h"

#define ADDRESSES 65536

struct lookup {
	struct mapsnap *snapshot;
	struct search search;
	uint64_t *addresses;
	size_t batch; /* addresses that mapsnap_find_many() is given at once */
	const struct mapsnap_mapping **found;
	uint64_t sum; /* of the offsets of what is found */
};

static void *allocate(size_t size)
{
	void *block = malloc(size);

	if (!block)
		die("out of memory");
	return block;
}

static void begin(struct lookup *lookup, size_t mappings)
{
	lookup->snapshot = layout_snapshot(mappings, 0);
	search_init(&lookup->search, lookup->snapshot);
	lookup->addresses = allocate(ADDRESSES * sizeof(*lookup->addresses));
	lookup->found = allocate(ADDRESSES * sizeof(*lookup->found));
	layout_addresses(lookup->snapshot, lookup->addresses, ADDRESSES);
	lookup->sum = 0;
	for (size_t i = 0; i < ADDRESSES; i++) {
		const struct mapsnap_mapping *m =
			search_find(&lookup->search, lookup->addresses[i]);

		lookup->sum += m ? m->offset : 0;
	}
}

static void end(struct lookup *lookup)
{
	mapsnap_unref(lookup->snapshot);
	search_free(&lookup->search);
	free(lookup->addresses);
	free((void *)lookup->found);
}

static void check(const struct lookup *lookup, uint64_t sum)
{
	if (sum != lookup->sum)
		die("a lookup found something else than the reference");
}

static uint64_t find_ours(void *context)
{
	const struct lookup *lookup = context;
	uint64_t start = spent_ns(), sum = 0;

	for (size_t i = 0; i < ADDRESSES; i++) {
		const struct mapsnap_mapping *m =
			mapsnap_find(lookup->snapshot, lookup->addresses[i]);

		sum += m ? m->offset : 0;
	}
	check(lookup, sum);
	return spent_ns() - start;
}

static uint64_t find_by_search(void *context)
{
	const struct lookup *lookup = context;
	uint64_t start = spent_ns(), sum = 0;

	for (size_t i = 0; i < ADDRESSES; i++) {
		const struct mapsnap_mapping *m =
			search_find(&lookup->search, lookup->addresses[i]);

		sum += m ? m->offset : 0;
	}
	check(lookup, sum);
	return spent_ns() - start;
}

/* Of what was found, outside the time: both sides leave it in the same array. */
static void check_found(const struct lookup *lookup)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ADDRESSES; i++)
		sum += lookup->found[i] ? lookup->found[i]->offset : 0;
	check(lookup, sum);
}

static uint64_t find_many(void *context)
{
	struct lookup *lookup = context;
	uint64_t start = spent_ns(), took;

	for (size_t i = 0; i < ADDRESSES; i += lookup->batch)
		mapsnap_find_many(lookup->snapshot, lookup->addresses + i, lookup->batch,
				  lookup->found + i);
	took = spent_ns() - start;
	check_found(lookup);
	return took;
}

static uint64_t find_one_by_one(void *context)
{
	struct lookup *lookup = context;
	uint64_t start = spent_ns(), took;

	for (size_t i = 0; i < ADDRESSES; i++)
		lookup->found[i] = mapsnap_find(lookup->snapshot, lookup->addresses[i]);
	took = spent_ns() - start;
	check_found(lookup);
	return took;
}

static const size_t sizes[] = { 50, 500, 5000, 60000 };

static size_t sizes_of(const struct effort *effort)
{
	return effort->tiny ? 2 : sizeof(sizes) / sizeof(*sizes);
}

void bench_find(const char *name, const struct effort *effort)
{
	for (size_t i = 0; i < sizes_of(effort); i++) {
		struct lookup lookup;
		struct contest contest = {
			.bench = name,
			.against = "branchless search over starts",
			.ours = find_ours,
			.theirs = find_by_search,
			.context = &lookup,
			.operations = ADDRESSES,
		};

		begin(&lookup, sizes[i]);
		snprintf(contest.setting, sizeof(contest.setting), "%zu", sizes[i]);
		contest_hold(&contest, effort);
		end(&lookup);
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort_batches(struct lookup *lookup)
{
	for (size_t i = 0; i < ADDRESSES; i += lookup->batch)
		qsort(lookup->addresses + i, lookup->batch, sizeof(*lookup->addresses), compare);
}

static void hold_many(const char *name, const struct effort *effort, struct lookup *lookup,
		      const char *order)
{
	struct contest contest = {
		.bench = name,
		.against = "mapsnap_find one by one",
		.ours = find_many,
		.theirs = find_one_by_one,
		.context = lookup,
		.operations = ADDRESSES,
	};

	snprintf(contest.setting, sizeof(contest.setting), "%zu, batches of %zu, %s",
		 mapsnap_count(lookup->snapshot), lookup->batch, order);
	contest_hold(&contest, effort);
}

void bench_find_many(const char *name, const struct effort *effort)
{
	static const size_t batches[] = { 64, 1024, ADDRESSES };

	for (size_t i = 0; i < sizes_of(effort); i++) {
		struct lookup lookup;

		begin(&lookup, sizes[i]);
		lookup.batch = 1024;
		hold_many(name, effort, &lookup, "unsorted");
		/* From small to large: what is sorted in batches can be sorted further. */
		for (size_t j = 0; j < sizeof(batches) / sizeof(*batches); j++) {
			lookup.batch = batches[j];
			sort_batches(&lookup);
			hold_many(name, effort, &lookup, "sorted");
		}
		end(&lookup);
	}
}
