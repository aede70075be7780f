/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup.h"

#include <stdlib.h>

#include "unit.h"

#define UNIFIED "0::/system.slice/web.service\n"
#define HYBRID                  \
	"4:memory:/docker/9a\n" \
	"3:cpu,cpuacct:/\n"     \
	"1:name=systemd:/user.slice\n" UNIFIED
#define LEGACY                  \
	"4:memory:/docker/9a\n" \
	"1:name=systemd:/user.slice/a:b\n"

static void a_group_holds_itself_and_those_below_it(void **state)
{
	(void)state;
	assert_true(cgroups_are_within(UNIFIED, "/system.slice/web.service"));
	assert_true(cgroups_are_within(UNIFIED, "/system.slice"));
	assert_true(cgroups_are_within(UNIFIED, "/system.slice/"));
	assert_true(cgroups_are_within(UNIFIED, "/"));
	assert_false(cgroups_are_within(UNIFIED, "/system.slice/web.service/a"));
	assert_false(cgroups_are_within(UNIFIED, "/system.slice/web"));
	assert_false(cgroups_are_within(UNIFIED, "/system"));
	assert_false(cgroups_are_within(UNIFIED, "system.slice"));
}

static void a_path_may_be_where_the_group_is_mounted(void **state)
{
	(void)state;
	assert_true(cgroups_are_within(UNIFIED, "/sys/fs/cgroup/system.slice"));
	assert_true(cgroups_are_within(UNIFIED, "/sys/fs/cgroup"));
	assert_false(cgroups_are_within(UNIFIED, "/sys/fs/cgroups/system.slice"));
}

static void each_hierarchy_is_looked_at(void **state)
{
	(void)state;
	assert_true(cgroups_are_within(HYBRID, "/docker"));
	assert_true(cgroups_are_within(HYBRID, "/user.slice"));
	assert_true(cgroups_are_within(HYBRID, "/system.slice"));
	assert_true(cgroups_are_within(LEGACY, "/user.slice/a:b"));
	assert_false(cgroups_are_within(HYBRID, "/user.slice/a:b"));
	assert_false(cgroups_are_within(HYBRID, "/9a"));
	assert_false(cgroups_are_within("", "/a"));
}

static void assert_main_path(const char *groups, const char *expected)
{
	char *path = cgroups_main_path(groups);

	assert_string_equal(path, expected);
	free(path);
}

static void the_main_path_is_of_the_unified_hierarchy_or_of_the_first_one(void **state)
{
	(void)state;
	assert_main_path(UNIFIED, "/system.slice/web.service");
	assert_main_path(HYBRID, "/system.slice/web.service");
	assert_main_path(LEGACY, "/user.slice/a:b");
	assert_main_path("0::/\n", "/");
}

static void what_is_no_list_of_groups_has_no_path(void **state)
{
	static const char *const odd[] = { "", "\n", "0", "0\n", "0:", "0:\n", "0::", "0::\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_main_path(odd[i], "");
		assert_false(cgroups_are_within(odd[i], "/a"));
	}
}

UNIT_MAIN("cgroup", cmocka_unit_test(a_group_holds_itself_and_those_below_it),
	  cmocka_unit_test(a_path_may_be_where_the_group_is_mounted),
	  cmocka_unit_test(each_hierarchy_is_looked_at),
	  cmocka_unit_test(the_main_path_is_of_the_unified_hierarchy_or_of_the_first_one),
	  cmocka_unit_test(what_is_no_list_of_groups_has_no_path))
