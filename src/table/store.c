/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#include <errno.h>
#include <stdbool.h>

static uint64_t memory_of(const struct store *store)
{
	return atomic_load_explicit(&store->memory, memory_order_relaxed);
}

/* What it takes beside the one before, which may be another by now. */
static void count(struct store *store, struct generation *generation)
{
	struct generation *older = atomic_load(&generation->older);
	size_t before = atomic_load(&generation->memory);
	size_t now = generation_memory(generation, older);

	atomic_store(&generation->memory, now);
	atomic_store_explicit(&store->memory, memory_of(store) - before + now,
			      memory_order_relaxed);
}

static void discount(struct store *store, const struct generation *generation)
{
	atomic_store_explicit(&store->memory, memory_of(store) - atomic_load(&generation->memory),
			      memory_order_relaxed);
}

static void age(struct store *store, struct generation *generation, uint64_t now)
{
	generation->aged_ns = now;
	generation->previous_aged = store->last_aged;
	if (store->last_aged)
		store->last_aged->next_aged = generation;
	else
		store->oldest_aged = generation;
	store->last_aged = generation;
}

static void leave_aged(struct store *store, struct generation *generation)
{
	if (!generation->aged_ns)
		return;
	if (generation->next_aged)
		generation->next_aged->previous_aged = generation->previous_aged;
	else
		store->last_aged = generation->previous_aged;
	if (generation->previous_aged)
		generation->previous_aged->next_aged = generation->next_aged;
	else
		store->oldest_aged = generation->next_aged;
}

static void retire(struct store *store, struct generation *generation)
{
	discount(store, generation);
	leave_aged(store, generation);
	generation->next_retired = store->retired;
	store->retired = generation;
}

/* Not the latest. Readers that stand on it go on from it as before. */
static void take_out(struct store *store, struct generation *generation)
{
	struct generation *older = atomic_load(&generation->older);
	struct generation *newer = generation->newer;

	if (older)
		older->newer = newer;
	rcu_publish(&newer->older, older);
	count(store, newer);
	retire(store, generation);
}

static bool has_room(const struct store *store, uint64_t memory)
{
	return store->limit == 0 || memory <= store->limit;
}

/*
 * Room for what comes, beside the latest, which then becomes a part of the history;
 * or in its place. False: not even that.
 */
static bool make_room(struct store *store, const struct generation *generation,
		      struct generation *latest, bool *in_place)
{
	size_t beside = generation_memory(generation, latest);
	size_t instead = latest ? atomic_load(&latest->memory) : 0;

	*in_place = false;
	while (!has_room(store, memory_of(store) + beside) && store->oldest_aged) {
		take_out(store, store->oldest_aged);
		instead = latest ? atomic_load(&latest->memory) : 0;
	}
	if (has_room(store, memory_of(store) + beside))
		return true;
	*in_place = true;
	return latest &&
	       has_room(store, memory_of(store) - instead + generation_memory(generation, NULL));
}

static void put_in_front(struct store *store, struct member *member, struct generation *generation,
			 struct generation *latest, uint64_t now)
{
	generation->member = member;
	generation->program = member->program;
	generation->program_ns = member->program_ns;
	generation->since_ns = member->since_ns;
	atomic_store(&generation->older, latest);
	count(store, generation);
	if (latest) {
		latest->newer = generation;
		age(store, latest, now);
	}
	rcu_publish(&member->latest, generation);
}

int store_publish(struct store *store, struct member *member, struct generation *generation,
		  uint64_t now)
{
	struct generation *latest = atomic_load(&member->latest);
	bool in_place;

	if (!make_room(store, generation, latest, &in_place)) {
		generation_free(generation);
		return -ENOSPC;
	}
	put_in_front(store, member, generation, latest, now);
	if (in_place)
		take_out(store, latest);
	store_expire(store, member, now);
	return 0;
}

/* How many of the same program are before it, and when that was replaced by another. */
struct seniority {
	uint32_t program;
	uint32_t newer;
	uint64_t ended_ns; /* 0: it was not */
};

static void advance(struct seniority *seniority, const struct generation *generation)
{
	if (generation->program == seniority->program) {
		seniority->newer++;
		return;
	}
	*seniority = (struct seniority){
		.program = generation->program,
		.ended_ns = generation->aged_ns,
	};
}

static bool is_kept(const struct store *store, const struct seniority *seniority, uint64_t now)
{
	return seniority->newer <= store->history &&
	       (!seniority->ended_ns || now - seniority->ended_ns < store->keep_ns);
}

void store_expire(struct store *store, struct member *member, uint64_t now)
{
	struct generation *generation = atomic_load(&member->latest), *older;
	struct seniority seniority = { .program = member->program, .newer = 0 };

	member->lingering = false;
	for (generation = generation ? atomic_load(&generation->older) : NULL; generation;
	     generation = older) {
		older = atomic_load(&generation->older);
		advance(&seniority, generation);
		if (!is_kept(store, &seniority, now))
			take_out(store, generation);
		else if (seniority.ended_ns)
			member->lingering = true;
	}
}

/* Who has found the member already is not shown an older one as the latest. */
void store_retire_member(struct store *store, struct member *member)
{
	struct generation *generation = atomic_load(&member->latest);

	rcu_publish(&member->latest, NULL);
	for (; generation; generation = atomic_load(&generation->older))
		retire(store, generation);
	member->next_retired = store->retired_members;
	store->retired_members = member;
}

void store_free_retired(struct store *store)
{
	struct generation *generation = store->retired, *next;
	struct member *member = store->retired_members, *next_member;

	if (!generation && !member)
		return;
	rcu_wait();
	for (; generation; generation = next) {
		next = generation->next_retired;
		generation_free(generation);
	}
	for (; member; member = next_member) {
		next_member = member->next_retired;
		member_free(member);
	}
	store->retired = NULL;
	store->retired_members = NULL;
}
