/* SPDX-License-Identifier: BSD-2-Clause */
/* What changed between two snapshots. */
#include <stdio.h>
#include <stdlib.h>

#include "../mappings.h"
#include "benches.h"
#include "layout.h"
#include "mapsnap.h"
#include "reference.h"

#define CHANGES 10

struct versions {
	struct mapsnap *before;
	struct mapsnap *after;
	struct list lists[2]; /* the same */
};

static void check(size_t changes)
{
	if (changes != CHANGES)
		die("%zu differences were found where there are %d", changes, CHANGES);
}

static uint64_t walk_ours(void *context)
{
	const struct versions *versions = context;
	struct mapsnap_diff diff = { .before = versions->before, .after = versions->after };
	struct mapsnap_change change;
	uint64_t begin = spent_ns();
	size_t n = 0;

	while (mapsnap_diff_next(&diff, &change))
		n++;
	check(n);
	return spent_ns() - begin;
}

static uint64_t walk_by_memcmp(void *context)
{
	const struct versions *versions = context;
	uint64_t begin = spent_ns();

	check(count_differences(&versions->lists[0], &versions->lists[1]));
	return spent_ns() - begin;
}

static struct list list_of(const struct mapsnap *snapshot)
{
	struct list list = {
		.mappings = mappings_copied(snapshot),
		.count = mapsnap_count(snapshot),
	};

	if (!list.mappings)
		die("out of memory");
	return list;
}

void bench_diff(const char *name, const struct effort *effort)
{
	size_t mappings = effort->tiny ? 500 : 60000;
	struct versions versions = {
		.before = layout_snapshot(mappings, 0),
		.after = layout_snapshot(mappings, CHANGES),
	};
	struct contest contest = {
		.bench = name,
		.against = "walk with memcmp",
		.ours = walk_ours,
		.theirs = walk_by_memcmp,
		.context = &versions,
		.operations = 1,
	};

	versions.lists[0] = list_of(versions.before);
	versions.lists[1] = list_of(versions.after);
	snprintf(contest.setting, sizeof(contest.setting), "%zu, %d changed", mappings, CHANGES);
	contest_hold(&contest, effort);
	free(versions.lists[0].mappings);
	free(versions.lists[1].mappings);
	mapsnap_unref(versions.before);
	mapsnap_unref(versions.after);
}
