/* SPDX-License-Identifier: BSD-2-Clause */
/* How many generations are kept, for how long, and in how much memory. */
#include "store.h"

#include <errno.h>

#include "published.h"
#include "reading.h"
#include "unit.h"

#define KEEP 100

struct scene {
	struct store store;
	struct member *member;
};

static struct scene scene;

static int begin(void **state)
{
	(void)state;
	scene = (struct scene){ .store = { .keep_ns = KEEP, .history = 2 } };
	scene.member = member_of(7);
	return 0;
}

/* Nothing is left, and counted as nothing. */
static int end(void **state)
{
	(void)state;
	member_drop(&scene.store, scene.member);
	return scene.store.memory || scene.store.oldest_aged || scene.store.last_aged;
}

static int publish(const char *text, uint64_t now)
{
	return store_publish(&scene.store, scene.member,
			     generation_of(snapshot_of(text, 2), now, now), now);
}

static void publish_well(uint64_t now)
{
	assert_int_equal(publish(ONE, now), 0);
}

/* The times at which they were published, the newest first. */
static void assert_kept(const uint64_t *times, size_t count)
{
	const struct generation *generation = atomic_load(&scene.member->latest);

	assert_int_equal(count_published(scene.member), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(generation->from_ns, times[i]);
		generation = atomic_load(&((struct generation *)generation)->older);
	}
}

#define KEPT(...)                                      \
	assert_kept((const uint64_t[]){ __VA_ARGS__ }, \
		    sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static void so_many_are_kept_beside_the_latest(void **state)
{
	(void)state;
	for (uint64_t now = 1; now <= 5; now++)
		publish_well(now);
	KEPT(5, 4, 3);
}

static void without_a_history_only_the_latest_is_kept(void **state)
{
	(void)state;
	scene.store.history = 0;
	publish_well(1);
	publish_well(2);
	KEPT(2);
}

/* With their history, from when another took their place. */
static void programs_that_ran_before_are_kept_for_a_time(void **state)
{
	(void)state;
	for (uint64_t now = 1; now <= 5; now++)
		publish_well(now);
	scene.member->program++;
	publish_well(10);
	KEPT(10, 5, 4, 3);
	publish_well(11);
	publish_well(12);
	publish_well(13);
	KEPT(13, 12, 11, 5, 4, 3);
	assert_true(scene.member->lingering);
	store_expire(&scene.store, scene.member, 10 + KEEP - 1);
	KEPT(13, 12, 11, 5, 4, 3);
	store_expire(&scene.store, scene.member, 10 + KEEP);
	KEPT(13, 12, 11);
	assert_false(scene.member->lingering);
}

static void each_program_has_its_own_time(void **state)
{
	(void)state;
	for (uint64_t now = 1; now <= 3; now++) {
		publish_well(10 * now);
		scene.member->program++;
	}
	publish_well(40);
	KEPT(40, 30, 20, 10);
	store_expire(&scene.store, scene.member, 30 + KEEP);
	KEPT(40, 30);
}

static uint64_t memory_of_one(void)
{
	uint64_t memory;

	publish_well(1);
	memory = atomic_load(&scene.store.memory);
	assert_true(memory > sizeof(struct mapsnap_mapping));
	return memory;
}

static void history_gives_way_to_what_is_new(void **state)
{
	(void)state;
	scene.store.limit = 2 * memory_of_one();
	publish_well(2);
	KEPT(2, 1);
	publish_well(3);
	KEPT(3, 2);
	assert_true(atomic_load(&scene.store.memory) <= scene.store.limit);
}

static void the_oldest_of_all_members_goes_first(void **state)
{
	struct member *other = member_of(8);

	(void)state;
	scene.store.limit = 4 * memory_of_one();
	publish_well(2);
	assert_int_equal(
		store_publish(&scene.store, other, generation_of(snapshot_of(ONE, 2), 3, 3), 3), 0);
	assert_int_equal(
		store_publish(&scene.store, other, generation_of(snapshot_of(ONE, 2), 4, 4), 4), 0);
	KEPT(2, 1);
	assert_int_equal(
		store_publish(&scene.store, other, generation_of(snapshot_of(ONE, 2), 5, 5), 5), 0);
	KEPT(2);
	assert_int_equal(count_published(other), 3);
	member_drop(&scene.store, other);
}

static void the_latest_gives_way_to_one_in_its_place(void **state)
{
	(void)state;
	scene.store.limit = memory_of_one();
	publish_well(2);
	KEPT(2);
	assert_int_equal(atomic_load(&scene.store.memory), scene.store.limit);
}

static void what_does_not_fit_changes_nothing(void **state)
{
	(void)state;
	scene.store.limit = memory_of_one() + sizeof(struct mapsnap_mapping) - 1;
	assert_int_equal(publish(TWO, 2), -ENOSPC);
	KEPT(1);
	publish_well(3);
	KEPT(3);
}

static void what_comes_first_has_to_fit_too(void **state)
{
	(void)state;
	scene.store.limit = 100;
	assert_int_equal(publish(ONE, 1), -ENOSPC);
	assert_int_equal(count_published(scene.member), 0);
}

/* Whoever stands on it finds it as it was, and goes on from it to what is older. */
static void readers_may_stand_on_what_is_taken_out(void **state)
{
	struct generation *first, *second;
	size_t mappings;

	(void)state;
	publish_well(1);
	publish_well(2);
	scene.member->program++;
	publish_well(3);
	rcu_enter();
	second = atomic_load(&scene.member->latest->older);
	first = atomic_load(&second->older);
	store_expire(&scene.store, scene.member, 3 + KEEP);
	mappings = mapsnap_count(second->snapshot) + mapsnap_count(first->snapshot);
	rcu_leave();
	KEPT(3);
	assert_int_equal(mappings, 2);
	assert_ptr_equal(atomic_load(&second->older), first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("table_store", TEST(so_many_are_kept_beside_the_latest),
	  TEST(without_a_history_only_the_latest_is_kept),
	  TEST(programs_that_ran_before_are_kept_for_a_time), TEST(each_program_has_its_own_time),
	  TEST(history_gives_way_to_what_is_new), TEST(the_oldest_of_all_members_goes_first),
	  TEST(the_latest_gives_way_to_one_in_its_place), TEST(what_does_not_fit_changes_nothing),
	  TEST(what_comes_first_has_to_fit_too), TEST(readers_may_stand_on_what_is_taken_out))
