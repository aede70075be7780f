/* SPDX-License-Identifier: BSD-2-Clause */
#include "roll.h"

#include "unit.h"

static struct roll roll;

static int begin(void **state)
{
	(void)state;
	roll_init(&roll);
	return 0;
}

static int end(void **state)
{
	(void)state;
	roll_free(&roll);
	return 0;
}

static void expect_next(struct subject *subject, void *context)
{
	pid_t *last = context;

	assert_true(subject->pid > *last);
	*last = subject->pid;
}

static void they_are_found_and_walked_by_pid(void **state)
{
	pid_t last = 0;

	(void)state;
	for (pid_t i = 0; i < 200; i++)
		assert_non_null(roll_add(&roll, i * 73 % 211 + 1, "a"));
	for (pid_t i = 0; i < 200; i++)
		assert_int_equal(roll_find(&roll, i * 73 % 211 + 1)->pid, i * 73 % 211 + 1);
	roll_walk(&roll, expect_next, &last);
	assert_true(last >= 200);
	roll_remove(&roll, roll_find(&roll, 1));
	assert_null(roll_find(&roll, 1));
	assert_int_equal(roll.counts[SUBJECT_NEW], 199);
}

static void their_states_are_counted(void **state)
{
	struct subject *subject = roll_add(&roll, 1, "a");

	(void)state;
	roll_add(&roll, 2, "a");
	roll_set_state(&roll, subject, SUBJECT_HELD);
	assert_int_equal(roll.counts[SUBJECT_NEW], 1);
	assert_int_equal(roll.counts[SUBJECT_HELD], 1);
	roll_remove(&roll, subject);
	assert_int_equal(roll.counts[SUBJECT_HELD], 0);
}

static void what_a_group_counted_goes_with_its_last_member(void **state)
{
	struct subject *one = roll_add(&roll, 1, "a"), *other = roll_add(&roll, 2, "a");
	unsigned int group = one->group;

	(void)state;
	assert_int_equal(other->group, group);
	roll.steps[group] = 7;
	roll_set_group(&roll, one, "b");
	assert_int_not_equal(one->group, group);
	assert_int_equal(roll.steps[group], 7);
	roll_remove(&roll, other);
	assert_int_equal(roll.steps[group], 0);
}

static void to_regroup_within_a_group_forgets_nothing(void **state)
{
	struct subject *one = roll_add(&roll, 1, "a");

	(void)state;
	roll.steps[one->group] = 7;
	roll_set_group(&roll, one, "a");
	assert_int_equal(roll.steps[one->group], 7);
}

static void one_that_has_ended_is_in_no_group(void **state)
{
	struct subject *one = roll_add(&roll, 1, "a"), *other = roll_add(&roll, 2, "a");
	unsigned int group = one->group;

	(void)state;
	roll.steps[group] = 7;
	roll_set_state(&roll, one, SUBJECT_ENDED);
	assert_int_equal(roll.groups.list[group].members, 1);
	assert_int_equal(roll.steps[group], 7);
	roll_set_state(&roll, other, SUBJECT_ENDED);
	assert_int_equal(roll.groups.list[group].members, 0);
	assert_int_equal(roll.steps[group], 0);
	/* They leave it once, and as zombies they do not come back. */
	roll_set_group(&roll, one, "a");
	assert_int_equal(one->group, GROUPS_NONE);
	roll_set_state(&roll, one, SUBJECT_ENDED);
	roll_remove(&roll, one);
	assert_int_equal(roll.groups.list[group].members, 0);
}

static void who_comes_with_the_pid_of_one_that_has_ended_is_in_a_group(void **state)
{
	struct subject *one = roll_add(&roll, 1, "a");

	(void)state;
	roll_set_state(&roll, one, SUBJECT_ENDED);
	assert_int_equal(one->group, GROUPS_NONE);
	roll_set_state(&roll, one, SUBJECT_NEW);
	assert_int_equal(one->group, GROUPS_OTHER);
	assert_int_equal(roll.groups.list[GROUPS_OTHER].members, 1);
	roll_set_group(&roll, one, "c");
	assert_int_equal(roll.groups.list[GROUPS_OTHER].members, 0);
	assert_string_equal(roll.groups.list[one->group].name, "c");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("roll", TEST(they_are_found_and_walked_by_pid), TEST(their_states_are_counted),
	  TEST(what_a_group_counted_goes_with_its_last_member),
	  TEST(to_regroup_within_a_group_forgets_nothing), TEST(one_that_has_ended_is_in_no_group),
	  TEST(who_comes_with_the_pid_of_one_that_has_ended_is_in_a_group))
