/* SPDX-License-Identifier: BSD-2-Clause */
#include "figure.h"

#include "unit.h"

static void a_size_has_the_unit_that_makes_it_short(void **state)
{
	(void)state;
	assert_string_equal(figure_of_bytes(0).text, "0 B");
	assert_string_equal(figure_of_bytes(1).text, "1 B");
	assert_string_equal(figure_of_bytes(4096).text, "4 KiB");
	assert_string_equal(figure_of_bytes(132 << 10).text, "132 KiB");
	assert_string_equal(figure_of_bytes(1008 << 10).text, "1008 KiB");
	assert_string_equal(figure_of_bytes(1368 << 10).text, "1.3 MiB");
	assert_string_equal(figure_of_bytes((1ULL << 30) - 1).text, "1.0 GiB");
	assert_string_equal(figure_of_bytes(UINT64_MAX).text, "16 EiB");
}

static void a_number_has_commas(void **state)
{
	(void)state;
	assert_string_equal(figure_of_number(0).text, "0");
	assert_string_equal(figure_of_number(999).text, "999");
	assert_string_equal(figure_of_number(1000).text, "1,000");
	assert_string_equal(figure_of_number(60033).text, "60,033");
	assert_string_equal(figure_of_number(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

UNIT_MAIN("figure", cmocka_unit_test(a_size_has_the_unit_that_makes_it_short),
	  cmocka_unit_test(a_number_has_commas))
