/* SPDX-License-Identifier: BSD-2-Clause */
#include "exposition.h"

#include <string.h>

#include "unit.h"

static struct writer writer;

static struct exposition begin(bool open_metrics)
{
	writer_free(&writer);
	writer = (struct writer){ .fd = -1 };
	return (struct exposition){ .writer = &writer, .open_metrics = open_metrics };
}

static void assert_written(const char *text)
{
	writer_bytes(&writer, "", 1);
	assert_string_equal(writer.buffer, text);
	writer_free(&writer);
	writer = (struct writer){ .fd = -1 };
}

static void a_counter_is_called_as_each_format_has_it(void **state)
{
	struct exposition e = begin(true);

	(void)state;
	exposition_counter(&e, "x", "Help.");
	exposition_count(&e, "x", NULL, NULL, 18446744073709551615u);
	exposition_end(&e);
	assert_written("# HELP x Help.\n# TYPE x counter\nx_total 18446744073709551615\n# EOF\n");
	e = begin(false);
	exposition_counter(&e, "x", "Help.");
	exposition_count(&e, "x", NULL, NULL, 1);
	exposition_end(&e);
	assert_written("# HELP x_total Help.\n# TYPE x_total counter\nx_total 1\n");
}

static void any_character_may_be_in_a_name(void **state)
{
	struct exposition e = begin(true);

	(void)state;
	exposition_value(&e, "x", "group", "a\"b\\c {}", 0.5);
	assert_written("x{group=\"a\\\"b\\\\c {}\"} 0.5\n");
}

static void buckets_add_up(void **state)
{
	static struct histogram histogram;
	struct exposition e = begin(true);

	(void)state;
	/* Bounds are inclusive. */
	histogram_add(&histogram, 10000);
	histogram_add(&histogram, 10001);
	histogram_add(&histogram, 40000);
	histogram_add(&histogram, 100000000000);
	exposition_histogram(&e, "x", "Help.", &histogram);
	writer_bytes(&writer, "", 1);
	assert_non_null(strstr(writer.buffer,
			       "# TYPE x histogram\nx_bucket{le=\"1e-05\"} 1\n"
			       "x_bucket{le=\"4e-05\"} 3\nx_bucket{le=\"0.00016\"} 3\n"));
	assert_non_null(strstr(writer.buffer, "x_bucket{le=\"41.943\"} 3\nx_bucket{le=\"+Inf\"} 4\n"
					      "x_count 4\nx_sum 100.000060001\n"));
	writer_free(&writer);
}

UNIT_MAIN("exposition", cmocka_unit_test(a_counter_is_called_as_each_format_has_it),
	  cmocka_unit_test(any_character_may_be_in_a_name), cmocka_unit_test(buckets_add_up))
