/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After the last byte: whether the address space was alive, and is still the
 * process's own. A text ends the same way when it is read to its end and when
 * its process dies.
 */
#include <errno.h>

#include "reading.h"
#include "unit.h"

static void an_early_end_of_file_is_told_from_the_end(void **state)
{
	script(CALL, UNWATCHED(ONE), DEAD, HAS_ENDED);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
	script(CALL, UNWATCHED(ONE), DEAD, OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, UNWATCHED(ONE), DEAD, DENIED_AUXV(DIR_FD), STAT(DIR_FD, "S", "0"));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
}

/* A file of maps ends with an error where it has no thread for the moment, as during exec. */
static void a_file_without_a_thread_is_told_from_the_end_too(void **state)
{
	script(CALL, UNWATCHED(ONE), PREAD_FAILS(MAPS_FD, 0, -ESRCH), OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, UNWATCHED(ONE), PREAD_FAILS(MAPS_FD, 0, -ESRCH), HAS_ENDED);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
}

/* A zombie's files are root's: its own user may not open them. */
static void a_zombie_that_may_not_be_asked_has_ended(void **state)
{
	script(CALL, UNWATCHED(ONE), DEAD, DENIED_AUXV(DIR_FD), STAT(DIR_FD, "Z", "0"), NO_THREADS);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
	script(CALL, UNWATCHED(ONE), DEAD, DENIED_AUXV(DIR_FD), STAT(DIR_FD, "R", EXITING),
	       NO_THREADS);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
	script(CALL, UNWATCHED(ONE), DEAD, DENIED_AUXV(DIR_FD), NO_FILE(DIR_FD, "stat"),
	       NO_THREADS);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
	script(CALL, UNWATCHED(ONE), DEAD, DENIED_AUXV(DIR_FD), OPENAT(DIR_FD, "stat", -EMFILE));
	read_badly(*state, BLIND(UNVERIFIED), -EMFILE);
}

static void a_file_that_is_empty_at_once_is_that_of_a_dead_process(void **state)
{
	script(CALL, CLOCK, TEXT(0, ""), CLOCK, DEAD, HAS_ENDED);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
}

static void an_unverified_fallback_is_checked_too(void **state)
{
	script(CALL, SPOILT(2, ONE, 4), UNWATCHED(ONE), DEAD, HAS_ENDED);
	read_badly(*state, WATCHED(UNVERIFIED, .attempts = 1), -ESRCH);
}

/* It is printed last, and not for a dead address space. */
static void the_gate_is_a_sign_of_life(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED(GATED), SAME_PROGRAM, CLOCK);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	assert_text_and_drop(snapshot, GATED);
	/* Also where it is not asked for. */
	script(CALL, UNWATCHED(GATED), SAME_PROGRAM, CLOCK);
	snapshot = read_well(*state, BLIND(UNVERIFIED, .filter = MAPSNAP_FILTER_NO_GATE));
	assert_text_and_drop(snapshot, ONE);
}

static void a_sign_of_life_that_can_not_be_had_is_an_error(void **state)
{
	script(CALL, UNWATCHED(ONE), PREAD_FAILS(MAPS_FD, 0, -ENOMEM));
	read_badly(*state, BLIND(UNVERIFIED), -ENOMEM);
}

/* A child of vfork, or a thread in all but name, keeps the old address space alive. */
static void exec_is_noticed_while_another_process_keeps_the_mappings(void **state)
{
	script(CALL, ATTEMPT(4, ONE), OTHER_AUXV(DIR_FD));
	read_badly(*state, WATCHED(), -ESTALE);
	script(CALL, UNWATCHED(ONE), ALIVE, OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, ATTEMPT(4, ONE), LONG_AUXV(DIR_FD));
	read_badly(*state, WATCHED(), -ESTALE);
}

static void where_the_program_can_not_be_told_the_mappings_decide(void **state)
{
	struct mapsnap *snapshot;

	/* It has become more privileged than the reader. */
	script(CALL, ATTEMPT(4, ONE), DENIED_AUXV(DIR_FD), STAT(DIR_FD, "S", "0"), CLOCK);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(snapshot);
	script(CALL, ATTEMPT(4, ONE), OPENAT(DIR_FD, "auxv", -EPERM), STAT(DIR_FD, "S", "0"),
	       CLOCK);
	mapsnap_unref(read_well(*state, WATCHED()));
}

static void a_program_that_can_not_be_asked_for_is_an_error(void **state)
{
	script(CALL, ATTEMPT(4, ONE), OPENAT(DIR_FD, "auxv", -EMFILE));
	read_badly(*state, WATCHED(), -EMFILE);
	script(CALL, UNWATCHED(ONE), DEAD, OPENAT(DIR_FD, "auxv", -EMFILE));
	read_badly(*state, BLIND(UNVERIFIED), -EMFILE);
}

static void a_maps_file_has_no_program_to_ask_for(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ATTEMPT(4, ONE), CLOCK);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->pid, 0);
	assert_int_equal(mapsnap_info(snapshot)->start_time, 0);
	mapsnap_unref(snapshot);
	script(CALL, UNWATCHED(ONE), ALIVE, CLOCK);
	mapsnap_unref(read_well(*state, BLIND(UNVERIFIED)));
	script(CALL, UNWATCHED(ONE), DEAD);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("alive", TEST(an_early_end_of_file_is_told_from_the_end),
	  TEST(a_file_without_a_thread_is_told_from_the_end_too),
	  TEST(a_zombie_that_may_not_be_asked_has_ended),
	  TEST(a_file_that_is_empty_at_once_is_that_of_a_dead_process),
	  TEST(an_unverified_fallback_is_checked_too), TEST(the_gate_is_a_sign_of_life),
	  TEST(a_sign_of_life_that_can_not_be_had_is_an_error),
	  TEST(exec_is_noticed_while_another_process_keeps_the_mappings),
	  TEST(where_the_program_can_not_be_told_the_mappings_decide),
	  TEST(a_program_that_can_not_be_asked_for_is_an_error),
	  cmocka_unit_test_setup_teardown(a_maps_file_has_no_program_to_ask_for, open_maps_file,
					  close_process))
