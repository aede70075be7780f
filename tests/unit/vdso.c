/* SPDX-License-Identifier: BSD-2-Clause */
/* The image of [vdso], out of the memory of the process. */
#include "mapped.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

static void copies(struct mapsnap_process *process, struct mapsnap *snapshot)
{
	size_t length = 4711;
	char image[100];
	int r = mapsnap_vdso(process, snapshot, image, sizeof(image), &length);

	if (r)
		fail_msg("mapsnap_vdso() returned %d: %s", r, mapsnap_error(process));
	assert_int_equal(length, 8);
	assert_memory_equal(image, "\177ELFvdso", 8);
	script_played();
	mapsnap_unref(snapshot);
}

static void fails(struct mapsnap_process *process, struct mapsnap *snapshot, int error)
{
	size_t length = 4711;
	char image[100];

	assert_int_equal(mapsnap_vdso(process, snapshot, image, sizeof(image), &length), error);
	assert_int_equal(length, 4711);
	assert_string_not_equal(mapsnap_error(process), "");
	script_played();
	mapsnap_unref(snapshot);
}

static void it_is_what_is_in_memory(void **state)
{
	script(COPIED, NO_SEQ, AGAIN(VDSO));
	copies(*state, saved(TWO VDSO_LINE));
}

static void it_may_come_in_pieces(void **state)
{
	script(OPEN_MEM, PREAD(MEM_FD, 0x30000, "\177ELF", 4), PREAD(MEM_FD, 0x30004, "vdso", 4),
	       NO_SEQ, AGAIN(VDSO));
	copies(*state, saved(VDSO_LINE));
}

static void an_unmoved_sequence_proves_it(void **state)
{
	struct mapsnap *snapshot;

	script(CALL,
	       STILL(4, RECORDS("[vdso]\0", { .start = 0x30000,
					      .end = 0x30008,
					      .flags = READ | EXECUTE,
					      .name_size = 7 })),
	       CLOCK);
	snapshot = read_well(*state, NULL);
	script(COPIED, CLOCK, SEQ(4), CLOCK);
	copies(*state, mapsnap_ref(snapshot));
	script(COPIED, CLOCK, SEQ(6), AGAIN(QUERY_FAILS(0x30000, -ENOENT)));
	fails(*state, snapshot, -EAGAIN);
}

static void too_little_room_is_told_before_anything_is_read(void **state)
{
	struct mapsnap *snapshot = saved(VDSO_LINE);
	size_t length = 4711;
	char image[8];

	assert_int_equal(mapsnap_vdso(*state, snapshot, image, 7, &length), -ENOSPC);
	assert_int_equal(length, 8);
	script(COPIED, NO_SEQ, AGAIN(VDSO));
	assert_int_equal(mapsnap_vdso(*state, snapshot, image, 8, &length), 0);
	mapsnap_unref(snapshot);
}

static void a_snapshot_without_it_has_none(void **state)
{
	fails(*state, saved(TWO FILE_LINE), -ENODATA);
}

static void what_was_read_where_it_is_no_longer_is_refused(void **state)
{
	script(COPIED, NO_SEQ, AGAIN(A_SO));
	fails(*state, saved(VDSO_LINE), -EAGAIN);
}

/* In whichever order they are met. */
static void exit_and_exec_come_before_what_could_not_be_read(void **state)
{
	script(HAS_ENDED, NO_SEQ, AGAIN_GONE);
	fails(*state, saved(VDSO_LINE), -ESRCH);
	script(OTHER_AUXV(DIR_FD), AGAIN_EXEC(VDSO));
	fails(*state, saved(VDSO_LINE), -ESTALE);
	script(OPEN_MEM, PREAD(MEM_FD, 0x30000, "", 0), AGAIN_GONE);
	fails(*state, saved(VDSO_LINE), -ESRCH);
	script(OPEN_MEM, PREAD_FAILS(MEM_FD, 0x30000, -EIO), AGAIN_EXEC(VDSO));
	fails(*state, saved(VDSO_LINE), -ESTALE);
	script(COPIED, AGAIN_EXEC(VDSO));
	fails(*state, saved(VDSO_LINE), -ESTALE);
	script(OPEN_MEM, PREAD_FAILS(MEM_FD, 0x30000, -EIO), AGAIN(A_SO));
	fails(*state, saved(VDSO_LINE), -EAGAIN);
}

static void an_error_at_any_step_is_returned(void **state)
{
	script(SAME_PROGRAM, OPENAT(DIR_FD, "mem", -EACCES), NO_SEQ, AGAIN(VDSO));
	fails(*state, saved(VDSO_LINE), -EACCES);
	script(SAME_PROGRAM, OPENAT(DIR_FD, "mem", -EMFILE), AGAIN(VDSO));
	fails(*state, saved(VDSO_LINE), -EMFILE);
	script(OPENAT(DIR_FD, "auxv", -EMFILE), AGAIN(VDSO));
	fails(*state, saved(VDSO_LINE), -EMFILE);
	script(OPEN_MEM, PREAD_FAILS(MEM_FD, 0x30000, -EIO), AGAIN(VDSO));
	fails(*state, saved(VDSO_LINE), -EIO);
	script(OPEN_MEM, PREAD(MEM_FD, 0x30000, "\177ELF", 4), PREAD(MEM_FD, 0x30004, "", 0),
	       AGAIN(VDSO));
	fails(*state, saved(VDSO_LINE), -EIO);
}

static void a_maps_file_leads_to_no_memory(void **state)
{
	fails(*state, saved(VDSO_LINE), -EOPNOTSUPP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("vdso", TEST(it_is_what_is_in_memory), TEST(it_may_come_in_pieces),
	  cmocka_unit_test_setup_teardown(an_unmoved_sequence_proves_it, open_with_sequence,
					  close_process),
	  TEST(too_little_room_is_told_before_anything_is_read),
	  TEST(a_snapshot_without_it_has_none),
	  TEST(what_was_read_where_it_is_no_longer_is_refused),
	  TEST(exit_and_exec_come_before_what_could_not_be_read),
	  TEST(an_error_at_any_step_is_returned),
	  cmocka_unit_test_setup_teardown(a_maps_file_leads_to_no_memory, open_maps_file,
					  close_process))
