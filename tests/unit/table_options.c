/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of a table, and of how it reads, of programs with an older or a newer header. */
#include <errno.h>
#include <string.h>

#include "table.h"
#include "unit.h"

/* Of a newer header. */
struct longer {
	struct mapsnap_table_options options;
	unsigned char newer[16];
};

struct longer_read {
	struct mapsnap_options options;
	unsigned char newer[16];
};

/* The table that is made reads as it should. */
static int make(const struct mapsnap_table_options *options, uint32_t filter)
{
	struct mapsnap_table *table;
	int r = mapsnap_table_new(options, &table);

	if (r)
		return r;
	assert_int_equal(table->read.size, sizeof(table->read));
	assert_int_equal(table->read.filter, filter);
	assert_int_equal(table->read.range_end, 0);
	mapsnap_table_free(table);
	return 0;
}

static void no_options_are_the_defaults(void **state)
{
	struct mapsnap_options read = { .size = sizeof(read) };
	struct mapsnap_table_options options = { .size = sizeof(options) };

	(void)state;
	assert_int_equal(make(NULL, 0), 0);
	assert_int_equal(make(&options, 0), 0);
	options.read = &read;
	assert_int_equal(make(&options, 0), 0);
}

static void a_longer_struct_must_be_zero_where_it_is_not_known(void **state)
{
	struct longer longer = { .options.size = sizeof(longer) };

	(void)state;
	assert_int_equal(make(&longer.options, 0), 0);
	for (size_t i = 0; i < sizeof(longer.newer); i++) {
		longer.newer[i] = 1;
		assert_int_equal(make(&longer.options, 0), -E2BIG);
		longer.newer[i] = 0;
	}
}

static void so_must_the_options_of_reading(void **state)
{
	struct longer_read read = { { .size = sizeof(read), .filter = MAPSNAP_EXECUTE }, { 0 } };
	struct mapsnap_table_options options = { .size = sizeof(options), .read = &read.options };

	(void)state;
	assert_int_equal(make(&options, MAPSNAP_EXECUTE), 0);
	for (size_t i = 0; i < sizeof(read.newer); i++) {
		read.newer[i] = 1;
		assert_int_equal(make(&options, MAPSNAP_EXECUTE), -E2BIG);
		read.newer[i] = 0;
	}
}

/* Behind its end may be anything. */
static void of_a_shorter_struct_the_rest_is_the_default(void **state)
{
	struct mapsnap_options read;
	struct mapsnap_table_options options = { .size = sizeof(options), .read = &read };

	(void)state;
	for (size_t size = 0; size <= offsetof(struct mapsnap_options, range_end); size++) {
		memset(&read, 0xff, sizeof(read));
		memset(&read, 0, size);
		read.size = size;
		assert_int_equal(make(&options, 0), size < sizeof(size) ? -EINVAL : 0);
	}
}

UNIT_MAIN("table_options", cmocka_unit_test(no_options_are_the_defaults),
	  cmocka_unit_test(a_longer_struct_must_be_zero_where_it_is_not_known),
	  cmocka_unit_test(so_must_the_options_of_reading),
	  cmocka_unit_test(of_a_shorter_struct_the_rest_is_the_default))
