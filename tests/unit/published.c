/* SPDX-License-Identifier: BSD-2-Clause */
#include "published.h"

#include <stdlib.h>
#include <string.h>

#include "snapshot.h"
#include "unit.h"

struct mapsnap *snapshot_of(const char *text, uint64_t sequence)
{
	struct mapsnap *snapshot;

	assert_int_equal(mapsnap_parse(text, strlen(text), &snapshot, NULL), 0);
	snapshot->info.sequence = sequence;
	snapshot->info.consistency = sequence ? MAPSNAP_VERIFIED : MAPSNAP_UNVERIFIED;
	return snapshot;
}

struct generation *generation_of(struct mapsnap *snapshot, uint64_t from, uint64_t until)
{
	static uint64_t revision = 1000;
	struct generation *generation = generation_new(snapshot, NULL, 0);

	assert_non_null(generation);
	generation->revision = ++revision;
	generation->from_ns = from;
	generation->changes = MAPSNAP_DIFF_RESYNC;
	generation_held(generation, until);
	return generation;
}

struct member *member_of(pid_t pid)
{
	struct member *member = calloc(1, sizeof(*member));

	assert_non_null(member);
	member->pid = pid;
	return member;
}

void member_drop(struct store *store, struct member *member)
{
	store_retire_member(store, member);
	store_free_retired(store);
}

size_t count_published(const struct member *member)
{
	size_t count = 0;

	for (struct generation *g = atomic_load(&((struct member *)member)->latest); g;
	     g = atomic_load(&g->older))
		count++;
	return count;
}
