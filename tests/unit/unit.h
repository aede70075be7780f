/* SPDX-License-Identifier: BSD-2-Clause */
/* What every test program begins with: cmocka, and a main that can run one test alone. */
#ifndef UNIT_H
#define UNIT_H

/* cmocka.h wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* An argument is the name, or a pattern with * and ?, of the tests to run. */
#define UNIT_MAIN_WITH(noun, setup, teardown, ...)                                \
	int main(int argc, char **argv)                                           \
	{                                                                         \
		const struct CMUnitTest tests[] = { __VA_ARGS__ };                \
                                                                                  \
		if (argc > 1)                                                     \
			cmocka_set_test_filter(argv[1]);                          \
		return cmocka_run_group_tests_name(noun, tests, setup, teardown); \
	}

#define UNIT_MAIN(noun, ...) UNIT_MAIN_WITH(noun, NULL, NULL, __VA_ARGS__)

#endif
