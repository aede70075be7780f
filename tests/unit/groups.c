/* SPDX-License-Identifier: BSD-2-Clause */
#include "groups.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct groups groups;

static unsigned int join(int i)
{
	char name[16];

	snprintf(name, sizeof(name), "name %d", i);
	return groups_join(&groups, name);
}

static void equal_names_are_one_group(void **state)
{
	unsigned int number;

	(void)state;
	memset(&groups, 0, sizeof(groups));
	number = join(1);
	assert_int_not_equal(number, GROUPS_OTHER);
	assert_int_not_equal(join(2), number);
	assert_int_equal(join(1), number);
	assert_int_equal(groups.list[number].members, 2);
	assert_string_equal(groups.list[number].name, "name 1");
}

static void who_finds_no_room_is_one_of_the_others(void **state)
{
	unsigned int last = 0;

	(void)state;
	memset(&groups, 0, sizeof(groups));
	for (int i = 0; i < GROUPS_MOST; i++)
		last = join(i);
	assert_int_equal(join(GROUPS_MOST), GROUPS_OTHER);
	assert_int_equal(join(GROUPS_MOST + 1), GROUPS_OTHER);
	assert_int_equal(groups.list[GROUPS_OTHER].members, 2);
	/* One that has gone makes room, with its last member. */
	join(GROUPS_MOST - 1);
	groups_leave(&groups, last);
	assert_int_equal(join(GROUPS_MOST), GROUPS_OTHER);
	groups_leave(&groups, last);
	assert_int_equal(join(GROUPS_MOST), last);
}

static void long_names_are_cut_and_the_same_when_they_are_cut(void **state)
{
	char name[300];

	(void)state;
	memset(&groups, 0, sizeof(groups));
	memset(name, 'x', sizeof(name));
	name[299] = '\0';
	assert_int_equal(groups_join(&groups, name), groups_join(&groups, name));
}

static void names_that_are_shown_alike_are_one_group(void **state)
{
	unsigned int number;

	(void)state;
	memset(&groups, 0, sizeof(groups));
	number = groups_join(&groups, "\xe9"
				      "a");
	assert_string_equal(groups.list[number].name, "?a");
	assert_int_equal(groups_join(&groups, "\xe8"
					      "a"),
			 number);
	assert_int_equal(groups_join(&groups, "\na"), number);
	assert_int_equal(groups_join(&groups, "?a"), number);
	assert_int_equal(groups_join(&groups, "\x7f"
					      "a"),
			 number);
	assert_int_not_equal(groups_join(&groups, "??a"), number);
}

static void who_is_called_other_is_one_of_the_others(void **state)
{
	(void)state;
	memset(&groups, 0, sizeof(groups));
	assert_int_equal(groups_join(&groups, "other"), GROUPS_OTHER);
	assert_int_equal(groups.list[GROUPS_OTHER].members, 1);
	assert_int_not_equal(groups_join(&groups, "others"), GROUPS_OTHER);
	groups_leave(&groups, GROUPS_OTHER);
	assert_int_equal(groups.list[GROUPS_OTHER].members, 0);
}

UNIT_MAIN("groups", cmocka_unit_test(equal_names_are_one_group),
	  cmocka_unit_test(who_finds_no_room_is_one_of_the_others),
	  cmocka_unit_test(long_names_are_cut_and_the_same_when_they_are_cut),
	  cmocka_unit_test(names_that_are_shown_alike_are_one_group),
	  cmocka_unit_test(who_is_called_other_is_one_of_the_others))
