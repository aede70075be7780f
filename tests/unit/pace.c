/* SPDX-License-Identifier: BSD-2-Clause */
#include "pace.h"

#include "unit.h"

#define S  ((uint64_t)1000000000)
#define MS ((uint64_t)1000000)

static const struct pace_bounds bounds = { .least_ns = S, .most_ns = 10 * S };

/* The next reading after one at `now`, where it was told to have changed so long after the last. */
static uint64_t read_after(struct pace *pace, uint64_t quiet_ns, uint64_t *now)
{
	pace_notice(pace, pace->read_ns + quiet_ns);
	*now = pace_next(pace, &bounds);
	if (*now < pace->noticed_ns)
		*now = pace->noticed_ns;
	pace_told(pace, &bounds, 0, 1, *now);
	return pace_next(pace, &bounds) - *now;
}

static void one_that_was_never_read_is_due(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	assert_int_equal(pace_next(&pace, &bounds), 0);
	pace_notice(&pace, 5 * S);
	pace_told(&pace, &bounds, 0, 1, 5 * S);
	assert_int_equal(pace_next(&pace, &bounds), 6 * S);
}

static void one_that_changes_all_the_time_is_read_less_and_less_often(void **state)
{
	static const uint64_t expected[] = { 2 * S, 4 * S, 8 * S, 10 * S, 10 * S };
	struct pace pace = { .read_ns = S };
	uint64_t now;

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(read_after(&pace, S, &now), expected[i]);
}

static void one_that_has_been_quiet_is_read_at_once_again(void **state)
{
	struct pace pace = { .read_ns = S, .interval_ns = 4 * S };
	uint64_t now;

	(void)state;
	assert_int_equal(read_after(&pace, 5 * S, &now), 4 * S);
	assert_int_equal(read_after(&pace, 8 * S, &now), S);
	assert_int_equal(pace.noticed_ns, 0);
}

static void it_waits_since_it_was_first_told(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	pace_notice(&pace, 3 * S);
	pace_notice(&pace, 4 * S);
	assert_int_equal(pace.noticed_ns, 3 * S);
}

static void where_nobody_tells_one_that_never_changes_is_read_less_often(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	pace_found(&pace, &bounds, true, 0, 1, S);
	assert_int_equal(pace_next(&pace, &bounds), 2 * S);
	pace_found(&pace, &bounds, false, 0, 1, 2 * S);
	assert_int_equal(pace_next(&pace, &bounds), 4 * S);
	for (int i = 0; i < 5; i++)
		pace_found(&pace, &bounds, false, 0, 1, 10 * S);
	assert_int_equal(pace_next(&pace, &bounds), 20 * S);
	pace_found(&pace, &bounds, true, 0, 1, 20 * S);
	assert_int_equal(pace_next(&pace, &bounds), 21 * S);
}

static void one_alone_does_not_take_a_quarter_of_the_budget(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	/* 30 ms in 2.4 s are a quarter of 5 percent. */
	pace_found(&pace, &bounds, true, 30 * MS, 0.05, S);
	assert_int_equal(pace_next(&pace, &bounds), S + 2400 * MS);
	/* But it is read some time. */
	pace_found(&pace, &bounds, true, 30 * S, 0.05, S);
	assert_int_equal(pace_next(&pace, &bounds), 11 * S);
}

UNIT_MAIN("pace", cmocka_unit_test(one_that_was_never_read_is_due),
	  cmocka_unit_test(one_that_changes_all_the_time_is_read_less_and_less_often),
	  cmocka_unit_test(one_that_has_been_quiet_is_read_at_once_again),
	  cmocka_unit_test(it_waits_since_it_was_first_told),
	  cmocka_unit_test(where_nobody_tells_one_that_never_changes_is_read_less_often),
	  cmocka_unit_test(one_alone_does_not_take_a_quarter_of_the_budget))
