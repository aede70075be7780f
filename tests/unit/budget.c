/* SPDX-License-Identifier: BSD-2-Clause */
#include "budget.h"

#include "unit.h"

#define S  ((uint64_t)1000000000)
#define MS ((uint64_t)1000000)

static void what_is_spent_comes_back_with_time(void **state)
{
	struct budget budget = budget_new(0.05, 0, 0);

	(void)state;
	/* Half a minute's worth at the beginning: 1.5 s. */
	assert_true(budget_is_left(&budget));
	assert_int_equal(budget_wait(&budget), 0);
	budget_update(&budget, 0, 1499 * MS);
	assert_true(budget_is_left(&budget));
	budget_update(&budget, 0, 1600 * MS);
	assert_false(budget_is_left(&budget));
	/* 100 ms beyond it, at 50 ms a second. */
	assert_in_range(budget_wait(&budget), 2 * S, 2 * S + 1000);
	budget_update(&budget, S, 1600 * MS);
	assert_false(budget_is_left(&budget));
	budget_update(&budget, 2 * S + MS, 1600 * MS);
	assert_true(budget_is_left(&budget));
}

static void no_more_is_saved_up_than_half_a_minutes_worth(void **state)
{
	struct budget budget = budget_new(0.1, 0, 0);

	(void)state;
	budget_update(&budget, 1000 * S, 0);
	budget_update(&budget, 1000 * S, 2999 * MS);
	assert_true(budget_is_left(&budget));
	budget_update(&budget, 1000 * S, 3001 * MS);
	assert_false(budget_is_left(&budget));
}

static void in_the_long_run_no_more_is_spent_than_the_share(void **state)
{
	struct budget budget = budget_new(0.02, 0, 0);
	uint64_t now = 0, spent = 0;

	(void)state;
	/* Readings of 7 ms, for as long as there is anything left, in rounds of 100 ms. */
	for (; now < 1000 * S; now += 100 * MS) {
		budget_update(&budget, now, spent);
		while (budget_is_left(&budget)) {
			spent += 7 * MS;
			budget_update(&budget, now, spent);
		}
	}
	assert_in_range(spent, 20 * S, 20 * S + 600 * MS + 7 * MS);
}

UNIT_MAIN("budget", cmocka_unit_test(what_is_spent_comes_back_with_time),
	  cmocka_unit_test(no_more_is_saved_up_than_half_a_minutes_worth),
	  cmocka_unit_test(in_the_long_run_no_more_is_spent_than_the_share))
