/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After the last byte, where the main thread has no memory: another one tells
 * whether the process lives, and which program it runs.
 */
#include <errno.h>

#include "reading.h"
#include "scripted_threads.h"
#include "unit.h"

/* The main thread has ended, and the list of threads says this. */
#define LOOK(list) NO_AUXV(DIR_FD), OPEN_LIST, LIST(list), ENDED("42")

/* A process that has ended is not reported for exec, nor the other way round. */
static void exec_is_told_from_the_end_where_the_new_main_thread_has_ended(void **state)
{
	const struct entries list = ENTRIES(".", "..", "42", "43");

	script(CALL, UNWATCHED(ONE), DEAD, LOOK(list), LIVES("43"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, CLOCK, SEQUENCE_FAILS(-ESRCH), LOOK(list), LIVES("43"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, WATCHED(), -ESTALE);
	/* It has become more privileged than the reader. */
	script(CALL, UNWATCHED(ONE), DEAD, DENIED_AUXV(DIR_FD), STAT(DIR_FD, "Z", NO_FLAGS),
	       OPEN_LIST, LIST(list), ENDED("42"), LIVES("43"), DENIED_AUXV(THREAD_FD),
	       STAT(THREAD_FD, "S", NO_FLAGS));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
}

static void exec_is_told_from_the_end_where_the_new_main_thread_is_ending(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	script(CALL, UNWATCHED(ONE), DEAD, NO_AUXV(DIR_FD), OPEN_LIST, LIST(list), ENDING("42"),
	       LIVES("43"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
}

static void another_thread_tells_that_it_is_the_same_program(void **state)
{
	const struct entries list = ENTRIES("42", "43", "44");
	struct mapsnap *snapshot;

	script(CALL, ATTEMPT(4, ONE), LOOK(list), ENDING("43"), LIVES("44"), AUXV(THREAD_FD),
	       CLOCK);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(snapshot);
	script(CALL, ATTEMPT(4, ONE), LOOK(list), LIVES("43"), DENIED_AUXV(THREAD_FD),
	       STAT(THREAD_FD, "S", NO_FLAGS), CLOCK);
	mapsnap_unref(read_well(*state, WATCHED()));
}

/* Another process keeps the address space alive, so that it reads on. */
static void another_thread_tells_that_it_is_another_program(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	script(CALL, ATTEMPT(4, ONE), LOOK(list), LIVES("43"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, WATCHED(), -ESTALE);
	script(CALL, UNWATCHED(ONE), ALIVE, LOOK(list), LIVES("43"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
}

static void a_process_without_threads_is_gone_although_another_keeps_its_mappings(void **state)
{
	const struct entries list = ENTRIES("42");

	script(CALL, ATTEMPT(4, ONE), LOOK(list), ALL_ENDED);
	read_badly(*state, WATCHED(), -ESRCH);
	script(CALL, UNWATCHED(ONE), ALIVE, HAS_ENDED);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
	script(CALL, UNWATCHED(ONE), DEAD, LOOK(list), ALL_ENDED);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
}

/* The main thread ends first, and then has that thread's memory; its old number is nobody's. */
static void a_thread_that_calls_exec_is_found_as_the_main_one(void **state)
{
	const struct entries two = ENTRIES("42", "43"), one = ENTRIES("42"), old = ENTRIES("43");

	script(CALL, UNWATCHED(ONE), DEAD, LOOK(two), REAPED("43"), LIST_END,
	       STAT(DIR_FD, "R", NO_FLAGS), OPEN_LIST, LIST(one), LIVES("42"),
	       OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, UNWATCHED(ONE), DEAD, NO_AUXV(DIR_FD), NO_FILE(DIR_FD, "task"),
	       STAT(DIR_FD, "R", NO_FLAGS), OPEN_LIST, LIST(one), LIVES("42"),
	       OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, UNWATCHED(ONE), DEAD, LOOK(two), REAPED("43"), LIST_END,
	       NO_FILE(DIR_FD, "stat"), OPEN_LIST, LIST(one), LIVES("42"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	/* What was the main thread may be in the list by the number that the other one had. */
	script(CALL, UNWATCHED(ONE), DEAD, NO_AUXV(DIR_FD), OPEN_LIST, LIST(old), ENDED("43"),
	       LIST_END, STAT(DIR_FD, "R", NO_FLAGS), OPEN_LIST, LIST(one), LIVES("42"),
	       OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
	script(CALL, UNWATCHED(ONE), DEAD, LOOK(two), LIVES("43"), NO_FILE(THREAD_FD, "auxv"),
	       OPEN_LIST, LIST(one), LIVES("42"), OTHER_AUXV(THREAD_FD));
	read_badly(*state, BLIND(UNVERIFIED), -ESTALE);
}

static void threads_that_end_one_after_the_other_are_looked_for_so_often_only(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	script(CALL, UNWATCHED(ONE), DEAD, NO_AUXV(DIR_FD));
	for (int i = 0; i < 8; i++)
		script(OPEN_LIST, LIST(list), ENDED("42"), LIVES("43"), NO_AUXV(THREAD_FD),
		       OPEN_LIST, LIST(list), ENDED("42"), ENDING("43"), LOOK_AGAIN);
	read_badly(*state, BLIND(UNVERIFIED), -ESRCH);
}

static void an_error_while_threads_are_asked_is_returned(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	script(CALL, ATTEMPT(4, ONE), NO_AUXV(DIR_FD), OPENAT(DIR_FD, "task", -EMFILE));
	read_badly(*state, WATCHED(), -EMFILE);
	script(CALL, ATTEMPT(4, ONE), LOOK(list), LIVES("43"), OPENAT(THREAD_FD, "auxv", -ENFILE));
	read_badly(*state, WATCHED(), -ENFILE);
	script(CALL, UNWATCHED(ONE), DEAD, LOOK(list), LIVES("43"),
	       OPENAT(THREAD_FD, "auxv", -ENOMEM));
	read_badly(*state, BLIND(UNVERIFIED), -ENOMEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("threads", TEST(exec_is_told_from_the_end_where_the_new_main_thread_has_ended),
	  TEST(exec_is_told_from_the_end_where_the_new_main_thread_is_ending),
	  TEST(another_thread_tells_that_it_is_the_same_program),
	  TEST(another_thread_tells_that_it_is_another_program),
	  TEST(a_process_without_threads_is_gone_although_another_keeps_its_mappings),
	  TEST(a_thread_that_calls_exec_is_found_as_the_main_one),
	  TEST(threads_that_end_one_after_the_other_are_looked_for_so_often_only),
	  TEST(an_error_while_threads_are_asked_is_returned))
