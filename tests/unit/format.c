/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "text.h"
#include "unit.h"

#define UNTOUCHED '\xa5'

static void a_line_is_what_the_kernel_prints(void **state)
{
	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		char expected[FORM_SIZE], got[FORM_SIZE];
		size_t length = form_text(&forms[i], expected);

		assert_int_equal(mapsnap_format(&forms[i].is, got, sizeof(got)), length);
		assert_string_equal(got, expected);
	}
}

static void a_buffer_of_any_size_gets_the_beginning_and_a_nul(void **state)
{
	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		char expected[FORM_SIZE];
		size_t length = form_text(&forms[i], expected);

		for (size_t size = 1; size <= length + 2; size++) {
			size_t kept = size <= length ? size - 1 : length;
			char *exact = malloc(size);

			assert_non_null(exact);
			memset(exact, UNTOUCHED, size);
			assert_int_equal(mapsnap_format(&forms[i].is, exact, size), length);
			assert_memory_equal(exact, expected, kept);
			assert_int_equal(exact[kept], '\0');
			for (size_t at = kept + 1; at < size; at++)
				assert_int_equal(exact[at], UNTOUCHED);
			free(exact);
		}
	}
}

static void no_buffer_gets_the_length_alone(void **state)
{
	char untouched = UNTOUCHED;

	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		char expected[FORM_SIZE];
		size_t length = form_text(&forms[i], expected);

		assert_int_equal(mapsnap_format(&forms[i].is, NULL, 0), length);
		assert_int_equal(mapsnap_format(&forms[i].is, &untouched, 0), length);
		assert_int_equal(untouched, UNTOUCHED);
	}
}

static void every_number_of_digits_is_as_printf_has_it(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		for (int below = 0; below < 2; below++) {
			uint64_t n = (UINT64_C(1) << bit) - (uint64_t)below;
			const struct mapsnap_mapping m = {
				.start = n,
				.end = n + 1,
				.offset = n,
				.inode = n,
				.device_major = (uint32_t)n,
				.device_minor = (uint32_t)(n >> 7),
				.name = "/name",
				.name_length = (bit & 1) * 5,
			};
			char expected[FORM_SIZE], got[FORM_SIZE];
			size_t length = text_line(expected, &m);

			assert_int_equal(mapsnap_format(&m, got, sizeof(got)), length);
			assert_string_equal(got, expected);
		}
	}
}

UNIT_MAIN("format", cmocka_unit_test(a_line_is_what_the_kernel_prints),
	  cmocka_unit_test(a_buffer_of_any_size_gets_the_beginning_and_a_nul),
	  cmocka_unit_test(no_buffer_gets_the_length_alone),
	  cmocka_unit_test(every_number_of_digits_is_as_printf_has_it))
