/* SPDX-License-Identifier: BSD-2-Clause */
/* Which generation a sample belongs to, by its time and by its sequence. */
#include "moment.h"

#include "published.h"
#include "reading.h"
#include "snapshot.h"
#include "unit.h"

static struct store store;
static struct member *member;
static struct generation *g[4];

static struct generation *publish(uint64_t sequence, uint64_t from, uint64_t until)
{
	struct mapsnap *snapshot = snapshot_of(TWO, sequence);
	struct generation *generation = generation_of(snapshot, from, until);

	snapshot->info.begin_ns = from - 3;
	assert_int_equal(store_publish(&store, member, generation, from), 0);
	return generation;
}

/* Two of one program, begun at 3 and known from 5 on, two of the next, which begins at 55. */
static int begin(void **state)
{
	(void)state;
	store = (struct store){ .keep_ns = UINT64_MAX, .history = 10 };
	member = member_of(7);
	member->program_ns = 5;
	member->since_ns = 3;
	g[0] = publish(4, 10, 20);
	g[1] = publish(8, 30, 40);
	member->program = 1;
	member->program_ns = 55;
	member->since_ns = 55;
	g[2] = publish(4, 60, 70);
	g[3] = publish(6, 80, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	member_drop(&store, member);
	return 0;
}

static void expect(uint64_t time_ns, uint64_t sequence, const struct generation *before,
		   const struct generation *after, bool held)
{
	struct mapsnap_sample sample = { .time_ns = time_ns, .sequence = sequence };
	struct moment moment = moment_find(atomic_load(&member->latest), &sample);

	assert_ptr_equal(moment.before, before);
	assert_ptr_equal(moment.after, after);
	assert_int_equal(moment.held, held);
}

static void by_time_one_held_from_its_reading_to_its_last_proof(void **state)
{
	(void)state;
	expect(9, 0, NULL, g[0], false);
	expect(10, 0, g[0], NULL, true);
	expect(20, 0, g[0], NULL, true);
	expect(21, 0, g[0], g[1], false);
	expect(29, 0, g[0], g[1], false);
	expect(30, 0, g[1], NULL, true);
	expect(41, 0, g[1], g[2], false);
	expect(59, 0, g[1], g[2], false);
	expect(65, 0, g[2], NULL, true);
}

/* Not even at the time of its own reading, whose proof is somewhat older. */
static void what_was_never_proved_again_held_at_no_known_time(void **state)
{
	(void)state;
	expect(80, 0, g[3], NULL, false);
	expect(UINT64_MAX, 0, g[3], NULL, false);
}

static void a_sequence_is_of_the_program_that_ran_then(void **state)
{
	(void)state;
	expect(0, 6, g[3], NULL, true);
	expect(0, 4, g[2], NULL, true);
	expect(0, 5, g[2], g[3], false);
	expect(0, 7, g[3], NULL, false);
	expect(0, 2, NULL, g[2], false);
	expect(56, 4, g[2], NULL, true);
	expect(40, 4, g[0], NULL, true);
	expect(5, 8, g[1], NULL, true);
	expect(54, 6, g[0], g[1], false);
	expect(54, 2, NULL, g[0], false);
}

/* Exec is noticed late, and another program has the same sequences. */
static void a_sequence_proves_nothing_where_the_program_is_not_known(void **state)
{
	(void)state;
	expect(41, 4, g[0], NULL, false);
	expect(54, 8, g[1], NULL, false);
	expect(4, 4, g[0], NULL, false);
	expect(2, 4, NULL, NULL, false);
	expect(77, 6, g[3], NULL, true);
	expect(78, 6, g[3], NULL, false);
	generation_held(g[3], 90);
	expect(90, 6, g[3], NULL, true);
}

static void of_a_program_that_is_not_kept_nothing_is_known(void **state)
{
	(void)state;
	store.keep_ns = 1;
	store_expire(&store, member, 1000);
	assert_int_equal(count_published(member), 2);
	expect(54, 4, NULL, NULL, false);
}

static struct moment between(struct generation *before, struct generation *after)
{
	return (struct moment){ .before = before, .after = after };
}

/* Only of the one right before, and only where all was told. */
static void untouched_is_what_the_kernel_says_was_not(void **state)
{
	struct moment moment = between(g[2], g[3]);
	struct procmap_range range = { .start = 0x10000, .end = 0x11000 };

	(void)state;
	assert_false(moment_is_untouched(&moment, 0x20000));
	g[3]->changes = MAPSNAP_DIFF_TOUCHED;
	g[3]->snapshot->continues = true;
	g[3]->snapshot->touched = (struct ranges){ .list = &range, .count = 1 };
	assert_true(moment_is_untouched(&moment, 0xffff));
	assert_false(moment_is_untouched(&moment, 0x10000));
	assert_false(moment_is_untouched(&moment, 0x10fff));
	assert_true(moment_is_untouched(&moment, 0x11000));
	moment = between(g[1], g[3]);
	assert_false(moment_is_untouched(&moment, 0x20000));
	moment = between(NULL, g[3]);
	assert_false(moment_is_untouched(&moment, 0x20000));
	moment = between(g[3], NULL);
	assert_false(moment_is_untouched(&moment, 0x20000));
	g[3]->snapshot->touched = (struct ranges){ 0 };
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("table_moment", TEST(by_time_one_held_from_its_reading_to_its_last_proof),
	  TEST(what_was_never_proved_again_held_at_no_known_time),
	  TEST(a_sequence_is_of_the_program_that_ran_then),
	  TEST(a_sequence_proves_nothing_where_the_program_is_not_known),
	  TEST(of_a_program_that_is_not_kept_nothing_is_known),
	  TEST(untouched_is_what_the_kernel_says_was_not))
