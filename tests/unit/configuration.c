/* SPDX-License-Identifier: BSD-2-Clause */
#include "configuration.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct options options;
static char error[512];

static int begin(void **state)
{
	(void)state;
	memset(&options, 0, sizeof(options));
	*error = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	options_free(&options);
	return 0;
}

static bool read_bytes(const char *bytes, size_t size)
{
	FILE *file = fmemopen((char *)bytes, size, "r");
	bool good;

	assert_non_null(file);
	good = configuration_read(file, &options, "file", error, sizeof(error));
	fclose(file);
	return good;
}

static bool read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

#define assert_wrong(text, sentence)                  \
	do {                                          \
		assert_false(read_text(text));        \
		assert_string_equal(error, sentence); \
	} while (0)

static void a_setting_takes_a_line_with_blanks_around_it(void **state)
{
	(void)state;
	assert_true(
		read_text("name = bash\n  interval = 0.5\n\tmemory=5\n \n\nclients =  7 \r\nall"));
	assert_int_equal(options.criteria.name_count, 1);
	assert_string_equal(options.criteria.names[0], "bash");
	assert_int_equal(options.bounds.least_ns, 500000000);
	assert_int_equal(options.memory, 5 << 20);
	assert_int_equal(options.clients, 7);
}

static void only_a_whole_line_is_a_comment(void **state)
{
	(void)state;
	assert_true(
		read_text("# one\n  ; other\n#name = x\nname = a ; b\nname = c # d\nname = e=f\n"));
	assert_int_equal(options.criteria.name_count, 3);
	assert_string_equal(options.criteria.names[0], "a ; b");
	assert_string_equal(options.criteria.names[1], "c # d");
	assert_string_equal(options.criteria.names[2], "e=f");
}

static void a_line_may_be_long(void **state)
{
	static char text[3 * 65536];
	size_t length = 0;

	(void)state;
	length += (size_t)sprintf(text, "# %0*d\ncgroup = /%0*d\n", 60000, 0, 4000, 0);
	assert_true(read_bytes(text, length));
	assert_int_equal(strlen(options.criteria.cgroups[0]), 4001);
	sprintf(text + length, "# %0*d\n", 70000, 0);
	assert_wrong(text, "file:3: too long");
}

static void the_line_that_makes_no_sense_is_told(void **state)
{
	(void)state;
	assert_wrong("\n# x\nall = no\n", "file:3: all: takes no value");
	assert_wrong("name =\n", "file:1: name: takes a value");
	assert_wrong("name\n", "file:1: name: takes a value");
	assert_wrong("all\n\ninterval = x\n", "file:3: x: not a number from 0.01 to 86400");
	assert_wrong("[part]\n", "file:1: [part]: write OPTION = VALUE");
	assert_wrong("interval: 3\n", "file:1: interval: 3: write OPTION = VALUE");
	assert_wrong("= 3\n", "file:1: : there is no such option");
	assert_wrong("oneshot = /x\n", "file:1: oneshot: there is no such option");
	/* The first of them, and nothing is taken after it. */
	assert_wrong("memory = 0\nclients = 7\nx\n", "file:1: 0: not a number from 1 to 16777216");
	assert_int_equal(options.clients, 0);
}

static void a_nul_is_refused(void **state)
{
	static const char bytes[] = "name = a\nname = b\0c\n";

	(void)state;
	assert_false(read_bytes(bytes, sizeof(bytes) - 1));
	assert_string_equal(error, "file:2: there is a NUL in it");
}

static void what_cannot_be_read_is_told(void **state)
{
	FILE *file = fopen("/", "r");

	(void)state;
	assert_non_null(file);
	assert_false(configuration_read(file, &options, "file", error, sizeof(error)));
	assert_string_equal(error, "file: Is a directory");
	fclose(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("configuration", TEST(a_setting_takes_a_line_with_blanks_around_it),
	  TEST(only_a_whole_line_is_a_comment), TEST(a_line_may_be_long),
	  TEST(the_line_that_makes_no_sense_is_told), TEST(a_nul_is_refused),
	  TEST(what_cannot_be_read_is_told))
