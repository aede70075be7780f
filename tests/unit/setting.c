/* SPDX-License-Identifier: BSD-2-Clause */
#include "setting.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct options options;
static char error[256];

static int begin(void **state)
{
	(void)state;
	memset(&options, 0, sizeof(options));
	return 0;
}

static int end(void **state)
{
	(void)state;
	options_free(&options);
	return 0;
}

static bool set(const char *name, const char *value)
{
	const struct setting *setting = setting_find(name);

	assert_non_null(setting);
	*error = '\0';
	return setting_set(setting, &options, value, error, sizeof(error));
}

#define assert_wrong(name, value)               \
	do {                                    \
		assert_false(set(name, value)); \
		assert_true(*error);            \
	} while (0)

static void a_number_of_seconds_has_bounds(void **state)
{
	(void)state;
	assert_true(set("interval", "0.01"));
	assert_int_equal(options.bounds.least_ns, 10000000);
	assert_true(set("max-interval", "86400"));
	assert_int_equal(options.bounds.most_ns, 86400000000000);
	assert_wrong("interval", "0.009");
	assert_wrong("interval", "86401");
	assert_wrong("interval", "-1");
	assert_wrong("interval", "nan");
	assert_wrong("interval", "1s");
	assert_wrong("interval", "");
	assert_int_equal(options.bounds.least_ns, 10000000);
}

static void a_share_is_given_in_percent(void **state)
{
	(void)state;
	assert_true(set("max-cpu", "100"));
	assert_true(options.share == 1);
	assert_wrong("max-cpu", "0");
	assert_wrong("max-cpu", "101");
	assert_wrong("max-cpu", "5%");
	assert_true(options.share == 1);
}

static void a_size_is_given_in_mebibytes(void **state)
{
	(void)state;
	assert_true(set("memory", "16777216"));
	assert_int_equal(options.memory, (uint64_t)1 << 44);
	assert_wrong("memory", "16777217");
	assert_wrong("memory", "0");
	assert_int_equal(options.memory, (uint64_t)1 << 44);
	assert_wrong("pending", "+1");
	assert_wrong("pending", "99999999999999999999");
}

static void a_word_is_one_of_those_that_there_are(void **state)
{
	(void)state;
	assert_true(set("source", "bpf"));
	assert_int_equal(options.source, SOURCE_BPF);
	assert_wrong("source", "BPF");
	assert_string_equal(error, "BPF: none of auto ioctl bpf none");
	assert_true(set("group-by", "cgroup"));
	assert_int_equal(options.grouping, GROUP_BY_CGROUP);
	assert_wrong("group-by", "");
}

static void pids_are_in_order_and_each_once(void **state)
{
	static const char *const given[] = { "5", "3", "5", "9", "1", "3" };
	static const pid_t expected[] = { 1, 3, 5, 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		assert_true(set("pid", given[i]));
	assert_int_equal(options.pid_count, 4);
	assert_memory_equal(options.pids, expected, sizeof(expected));
	assert_true(set("pid", "4194303"));
	assert_wrong("pid", "0");
	assert_wrong("pid", "4194304");
	assert_wrong("pid", "x");
}

static void what_is_of_the_command_line_alone_is_no_setting(void **state)
{
	(void)state;
	assert_null(setting_find("config"));
	assert_null(setting_find("oneshot"));
	assert_null(setting_find("help"));
	assert_null(setting_find(""));
}

static void the_last_string_counts(void **state)
{
	(void)state;
	assert_true(set("socket", "/a"));
	assert_true(set("socket", "/b"));
	assert_string_equal(options.socket, "/b");
}

static void what_takes_a_restart_is_told_by_name(void **state)
{
	struct options before = { 0 };
	char names[256];

	(void)state;
	assert_true(set("interval", "3"));
	assert_true(set("max-cpu", "3"));
	assert_true(set("group-by", "cgroup"));
	assert_true(set("name", "a"));
	assert_true(set("pid", "3"));
	setting_list_restart(&before, &options, names, sizeof(names));
	assert_string_equal(names, "");
	assert_true(set("keep", "3"));
	assert_true(set("memory", "3"));
	assert_true(set("source", "none"));
	assert_true(set("socket", "/a"));
	assert_true(set("group", "b"));
	assert_true(set("clients", "3"));
	assert_true(set("timeout", "3"));
	assert_true(set("pending", "3"));
	setting_list_restart(&before, &options, names, sizeof(names));
	assert_string_equal(names,
			    "keep, memory, source, socket, group, clients, timeout, pending");
	before.socket = (char[]){ "/a" };
	before.group = (char[]){ "c" };
	setting_list_restart(&before, &options, names, sizeof(names));
	assert_string_equal(names, "keep, memory, source, group, clients, timeout, pending");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("setting", TEST(a_number_of_seconds_has_bounds), TEST(a_share_is_given_in_percent),
	  TEST(a_size_is_given_in_mebibytes), TEST(a_word_is_one_of_those_that_there_are),
	  TEST(pids_are_in_order_and_each_once),
	  TEST(what_is_of_the_command_line_alone_is_no_setting), TEST(the_last_string_counts),
	  TEST(what_takes_a_restart_is_told_by_name))
