/* SPDX-License-Identifier: BSD-2-Clause */
#include "facts.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct facts facts_of_text(const char *text)
{
	struct mapsnap *snapshot;
	struct facts facts;

	assert_int_equal(mapsnap_parse(text, strlen(text), &snapshot, NULL), 0);
	facts = facts_of(snapshot);
	mapsnap_unref(snapshot);
	return facts;
}

/* One mapping of this name. */
static uint32_t count_deleted(const char *name)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "7f0000000000-7f0000001000 rw-s 00000000 00:01 17                         %s\n",
		 name);
	return facts_of_text(text).deleted;
}

static void files_that_were_deleted_are_counted(void **state)
{
	static const char *const names[] = {
		"/usr/lib/libc.so.6 (deleted)", "/dev/zero2 (deleted)", "/i915/lib.so (deleted)",
		"/anon_hugepages (deleted)",    "/dev/shm (deleted)",   "/secretmem.so (deleted)"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(count_deleted(names[i]), 1);
	assert_int_equal(count_deleted("/usr/lib/libc.so.6"), 0);
}

static void files_that_never_were_there_are_not_counted(void **state)
{
	static const char *const names[] = {
		"/dev/zero (deleted)",      "/memfd:x (deleted)",         "/SYSV00000000 (deleted)",
		"/[aio] (deleted)",         "/anon_hugepage (deleted)",   "/i915 (deleted)",
		"/drm mm object (deleted)", "/dev/shm/of-mine (deleted)", "/secretmem (deleted)"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(count_deleted(names[i]), 0);
}

static void mappings_are_counted_and_those_that_are_writable_and_executable(void **state)
{
	struct facts facts = facts_of_text("7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n"
					   "7f0000001000-7f0000002000 r-xp 00000000 00:00 0 \n"
					   "7f0000002000-7f0000003000 rw-p 00000000 00:00 0 \n");

	(void)state;
	assert_int_equal(facts.mappings, 3);
	assert_int_equal(facts.writable_executable, 1);
}

UNIT_MAIN("facts", cmocka_unit_test(files_that_were_deleted_are_counted),
	  cmocka_unit_test(files_that_never_were_there_are_not_counted),
	  cmocka_unit_test(mappings_are_counted_and_those_that_are_writable_and_executable))
