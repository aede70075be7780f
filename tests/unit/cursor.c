/* SPDX-License-Identifier: BSD-2-Clause */
#include "cursor.h"

#include "unit.h"

static void it_is_read_as_it_was_written(void **state)
{
	static const struct cursor cursors[] = { { 0, 1 },
						 { UINT64_MAX, UINT64_MAX },
						 { 0xabc, 7 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		char text[CURSOR_SIZE];
		struct cursor again;

		assert_true(cursor_parse(cursor_print(&cursors[i], text), &again));
		assert_int_equal(again.instance, cursors[i].instance);
		assert_int_equal(again.event, cursors[i].event);
	}
}

static void what_nobody_was_given_is_none(void **state)
{
	static const char *const wrong[] = {
		"",
		"-",
		"1-1",
		"0000000000000001-0",
		"0000000000000001-",
		"0000000000000001-01",
		"0000000000000001--1",
		"0000000000000001-1 ",
		" 0000000000000001-1",
		"0x00000000000001-1",
		"000000000000000A-1",
		"0000000000000001-18446744073709551616",
		"00000000000000001-1",
	};
	struct cursor cursor;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(cursor_parse(wrong[i], &cursor));
}

UNIT_MAIN("cursor", cmocka_unit_test(it_is_read_as_it_was_written),
	  cmocka_unit_test(what_nobody_was_given_is_none))
