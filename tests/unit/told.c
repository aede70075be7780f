/* SPDX-License-Identifier: BSD-2-Clause */
#include "told.h"

#include "unit.h"

static int set(struct told *told, pid_t pid, uint64_t revision)
{
	return told_set(told, &(struct told_process){ .pid = pid, .revision = revision });
}

/* 0: nothing. */
static uint64_t find(const struct told *told, pid_t pid)
{
	const struct told_process *found = told_find(told, pid);

	return found ? found->revision : 0;
}

static void what_was_told_last_is_known(void **state)
{
	struct told told = { 0 };

	(void)state;
	/* In an order that is none. */
	for (pid_t i = 0; i < 100; i++)
		assert_int_equal(set(&told, i * 37 % 101 + 1, (uint64_t)i + 1), 0);
	assert_int_equal(told.count, 100);
	for (pid_t i = 0; i < 100; i++)
		assert_int_equal(find(&told, i * 37 % 101 + 1), i + 1);
	for (size_t i = 1; i < told.count; i++)
		assert_true(told.list[i].pid > told.list[i - 1].pid);
	assert_int_equal(find(&told, 1000), 0);
	assert_int_equal(set(&told, 1, 500), 0);
	assert_int_equal(told.count, 100);
	assert_int_equal(find(&told, 1), 500);
	told_free(&told);
	assert_int_equal(find(&told, 1), 0);
}

static void what_is_taken_out_is_unknown_and_nothing_else(void **state)
{
	struct told told = { 0 };

	(void)state;
	for (pid_t pid = 1; pid <= 40; pid++)
		set(&told, pid, 9);
	for (pid_t pid = 2; pid <= 40; pid += 2)
		told_remove(&told, pid);
	told_remove(&told, 1000);
	assert_int_equal(told.count, 20);
	for (pid_t pid = 1; pid <= 40; pid++)
		assert_int_equal(find(&told, pid), pid % 2 ? 9 : 0);
	told_free(&told);
}

UNIT_MAIN("told", cmocka_unit_test(what_was_told_last_is_known),
	  cmocka_unit_test(what_is_taken_out_is_unknown_and_nothing_else))
