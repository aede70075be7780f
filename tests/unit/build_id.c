/* SPDX-License-Identifier: BSD-2-Clause */
/* The build-id as the kernel tells it: for what is mapped there now, in one call. */
#include "mapped.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

static const uint8_t sha1[20] = "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24";

/* No flags: just there, not behind it. */
#define ID(bytes)      .build_id_addr = (uintptr_t)sha1, .build_id_size = (bytes)
#define A_SO_ID(bytes) QUERY_NAMELESS(0x30000, A_SO_INODE(17), ID(bytes))

static struct mapsnap_build_id tells(struct mapsnap_process *process)
{
	struct mapsnap *snapshot = saved(FILE_LINE);
	struct mapsnap_build_id id;
	int r = mapsnap_build_id(process, mapsnap_at(snapshot, 0), &id);

	if (r)
		fail_msg("mapsnap_build_id() returned %d: %s", r, mapsnap_error(process));
	script_played();
	mapsnap_unref(snapshot);
	return id;
}

static void fails(struct mapsnap_process *process, const char *text, int error)
{
	struct mapsnap *snapshot = saved(text);
	struct mapsnap_build_id id, untouched;

	memset(&id, 0x47, sizeof(id));
	untouched = id;
	assert_int_equal(mapsnap_build_id(process, mapsnap_at(snapshot, 0), &id), error);
	assert_memory_equal(&id, &untouched, sizeof(id));
	assert_string_not_equal(mapsnap_error(process), "");
	script_played();
	mapsnap_unref(snapshot);
}

static void the_kernel_tells_it_in_one_call(void **state)
{
	struct mapsnap_build_id id;

	script(A_SO_ID(20));
	id = tells(*state);
	assert_int_equal(id.length, 20);
	assert_int_equal(id.route, MAPSNAP_BUILD_ID_KERNEL);
	assert_int_equal(id.reserved, 0);
	assert_memory_equal(id.bytes, sha1, 20);
}

static void a_maps_file_will_do(void **state)
{
	script(A_SO_ID(20));
	assert_int_equal(tells(*state).length, 20);
}

static void a_short_one_ends_in_zeros(void **state)
{
	static const uint8_t zeros[12];
	struct mapsnap_build_id id;

	script(A_SO_ID(8));
	id = tells(*state);
	assert_int_equal(id.length, 8);
	assert_memory_equal(id.bytes, sha1, 8);
	assert_memory_equal(id.bytes + 8, zeros, sizeof(zeros));
}

static void a_file_without_one_has_none(void **state)
{
	script(A_SO_ID(0));
	fails(*state, FILE_LINE, -ENODATA);
}

static void what_has_no_file_has_none(void **state)
{
	fails(*state, ONE, -ENODATA);
	fails(*state, GATE, -ENODATA);
}

/* Each field, one after the other. */
static void it_is_that_of_the_mapping_or_none(void **state)
{
	struct procmap_query other[7];
	const unsigned int n = sizeof(other) / sizeof(other[0]);

	for (unsigned int i = 0; i < n; i++)
		other[i] = (struct procmap_query){ A_SO_INODE(17), ID(20) };
	other[0].vma_start = 0x2f000;
	other[1].vma_end = 0x32000;
	other[2].vma_flags |= WRITE;
	other[3].vma_offset = 0;
	other[4].inode = 18;
	other[5].dev_major = 9;
	other[6].dev_minor = 2;
	for (unsigned int i = 0; i < n; i++) {
		struct step step = A_SO_ID(20);

		step.query = &other[i];
		script_add(&step, 1);
		fails(*state, FILE_LINE, -EAGAIN);
	}
	script(QUERY_FAILS(0x30000, -ENOENT));
	fails(*state, FILE_LINE, -EAGAIN);
}

static void exit_and_exec_are_told(void **state)
{
	script(QUERY_FAILS(0x30000, -ESRCH), HAS_ENDED);
	fails(*state, FILE_LINE, -ESRCH);
	script(QUERY_FAILS(0x30000, -ESRCH), OTHER_AUXV(DIR_FD));
	fails(*state, FILE_LINE, -ESTALE);
}

static void a_kernel_that_tells_none_is_asked_once(void **state)
{
	script(QUERY_FAILS(0x30000, -ENOTTY));
	fails(*state, FILE_LINE, -EOPNOTSUPP);
	fails(*state, FILE_LINE, -EOPNOTSUPP);
}

static void another_error_is_returned_and_not_remembered(void **state)
{
	script(QUERY_FAILS(0x30000, -EIO));
	fails(*state, FILE_LINE, -EIO);
	script(A_SO_ID(20));
	assert_int_equal(tells(*state).length, 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("build_id", TEST(the_kernel_tells_it_in_one_call), TEST(a_short_one_ends_in_zeros),
	  TEST(a_file_without_one_has_none), TEST(what_has_no_file_has_none),
	  TEST(it_is_that_of_the_mapping_or_none), TEST(exit_and_exec_are_told),
	  TEST(a_kernel_that_tells_none_is_asked_once),
	  TEST(another_error_is_returned_and_not_remembered),
	  cmocka_unit_test_setup_teardown(a_maps_file_will_do, open_maps_file, close_process))
