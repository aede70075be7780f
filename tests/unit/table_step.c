/* SPDX-License-Identifier: BSD-2-Clause */
/* From one snapshot to the next: without a gap, or told that there is one. */
#include <errno.h>

#include "published.h"
#include "reading.h"
#include "table.h"
#include "unit.h"

static struct mapsnap_table *table;
static struct member *member;

static int begin(void **state)
{
	struct mapsnap_table_options options = { .size = sizeof(options), .history = 3 };
	int r = mapsnap_table_new(&options, &table);

	(void)state;
	if (r)
		return r;
	member = member_of(7);
	r = roster_reserve(&table->roster);
	roster_add(&table->roster, member);
	return r;
}

static int end(void **state)
{
	(void)state;
	mapsnap_table_free(table);
	return 0;
}

/* How it came from the one before; returns its revision. */
static uint64_t publish(const char *text, uint32_t changes)
{
	struct generation *generation = generation_of(text ? snapshot_of(text, 2) : NULL, 1, 1);

	generation->changes = changes;
	generation->error = text ? 0 : -EACCES;
	assert_int_equal(store_publish(&table->store, member, generation, 1), 0);
	return generation->revision;
}

static void assert_step(uint64_t since, size_t before, size_t after, uint64_t revision,
			uint32_t flags)
{
	struct mapsnap_step step;

	assert_int_equal(mapsnap_table_next(table, 7, since, &step), 0);
	assert_int_equal(mapsnap_count(step.before), before);
	assert_int_equal(mapsnap_count(step.after), after);
	assert_int_equal(step.revision, revision);
	assert_ptr_equal(step.changes.before, step.before);
	assert_ptr_equal(step.changes.after, step.after);
	assert_int_equal(step.changes.flags, flags);
	mapsnap_unref(step.before);
	mapsnap_unref(step.after);
}

static void assert_no_step(uint64_t since, int error)
{
	struct mapsnap_step step;

	assert_int_equal(mapsnap_table_next(table, 7, since, &step), error);
}

static void one_step_leads_to_the_next(void **state)
{
	uint64_t one = publish(ONE, MAPSNAP_DIFF_RESYNC), two = publish(TWO, MAPSNAP_DIFF_TOUCHED),
		 three = publish(ONE, MAPSNAP_DIFF_TOUCHED);

	(void)state;
	assert_step(one, 1, 2, two, MAPSNAP_DIFF_TOUCHED);
	assert_step(two, 2, 1, three, MAPSNAP_DIFF_TOUCHED);
	assert_no_step(three, -EAGAIN);
}

static void what_the_kernel_did_not_tell_is_a_resync(void **state)
{
	uint64_t one = publish(ONE, MAPSNAP_DIFF_RESYNC), two = publish(TWO, MAPSNAP_DIFF_RESYNC);

	(void)state;
	assert_step(one, 1, 2, two, MAPSNAP_DIFF_RESYNC);
}

static void who_has_nothing_gets_all(void **state)
{
	uint64_t two;

	(void)state;
	publish(ONE, MAPSNAP_DIFF_RESYNC);
	two = publish(TWO, MAPSNAP_DIFF_TOUCHED);
	assert_step(0, 0, 2, two, MAPSNAP_DIFF_RESYNC);
}

static void what_is_no_longer_kept_is_a_resync(void **state)
{
	uint64_t first = publish(ONE, MAPSNAP_DIFF_RESYNC), last = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		last = publish(TWO, MAPSNAP_DIFF_TOUCHED);
	assert_step(first, 0, 2, last, MAPSNAP_DIFF_RESYNC);
}

static void another_program_is_a_resync_from_nothing(void **state)
{
	uint64_t one = publish(ONE, MAPSNAP_DIFF_RESYNC), two;

	(void)state;
	member->program++;
	two = publish(TWO, MAPSNAP_DIFF_RESYNC);
	assert_step(one, 0, 2, two, MAPSNAP_DIFF_RESYNC);
	assert_no_step(two, -EAGAIN);
}

static void where_there_is_no_snapshot_that_is_told(void **state)
{
	uint64_t one = publish(ONE, MAPSNAP_DIFF_RESYNC), unreadable, three;

	(void)state;
	assert_int_equal(mapsnap_table_next(table, 8, one, NULL), -ESRCH);
	member->program++;
	unreadable = publish(NULL, MAPSNAP_DIFF_RESYNC);
	assert_no_step(one, -EACCES);
	assert_no_step(unreadable, -EACCES);
	assert_no_step(0, -EACCES);
	three = publish(TWO, MAPSNAP_DIFF_RESYNC);
	assert_step(one, 0, 2, three, MAPSNAP_DIFF_RESYNC);
	assert_step(unreadable, 0, 2, three, MAPSNAP_DIFF_RESYNC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("table_step", TEST(one_step_leads_to_the_next),
	  TEST(what_the_kernel_did_not_tell_is_a_resync), TEST(who_has_nothing_gets_all),
	  TEST(what_is_no_longer_kept_is_a_resync), TEST(another_program_is_a_resync_from_nothing),
	  TEST(where_there_is_no_snapshot_that_is_told))
