/* SPDX-License-Identifier: BSD-2-Clause */
#include "pid.h"

#include "unit.h"

static void digits_are_a_pid_with_nothing_behind_them_but_what_is_to_be(void **state)
{
	(void)state;
	assert_int_equal(pid_parse("1", ""), 1);
	assert_int_equal(pid_parse("812", ""), 812);
	assert_int_equal(pid_parse("0812", ""), 812);
	assert_int_equal(pid_parse("812/maps", "/maps"), 812);
	assert_int_equal(pid_parse("812", "/maps"), 0);
	assert_int_equal(pid_parse("812/maps", ""), 0);
	assert_int_equal(pid_parse("812/maps/", "/maps"), 0);
}

static void the_largest_is_the_last_below_the_limit_of_the_kernel(void **state)
{
	(void)state;
	assert_int_equal(pid_parse("4194303", ""), 4194303);
	assert_int_equal(pid_parse("4194304", ""), 0);
	assert_int_equal(pid_parse("41943030", ""), 0);
	assert_int_equal(pid_parse("4294967297", ""), 0);
	assert_int_equal(pid_parse("18446744073709551617", ""), 0);
}

static void what_is_not_digits_alone_is_none(void **state)
{
	static const char *const wrong[] = { "",   "0",  "-1", "+1",  " 1",
					     "1 ", "1x", "x1", "0x1", "1.0" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(pid_parse(wrong[i], ""), 0);
}

UNIT_MAIN("pid", cmocka_unit_test(digits_are_a_pid_with_nothing_behind_them_but_what_is_to_be),
	  cmocka_unit_test(the_largest_is_the_last_below_the_limit_of_the_kernel),
	  cmocka_unit_test(what_is_not_digits_alone_is_none))
