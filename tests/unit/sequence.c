/* SPDX-License-Identifier: BSD-2-Clause */
/* The watch over an attempt: looks in the middle, and what the source says when it fails. */
#include "sequence.h"

#include <errno.h>
#include <string.h>

#include "reading.h"
#include "unit.h"

static void a_long_read_looks_at_the_sequence_now_and_then(void **state)
{
	const char *many = many_lines(1900, 0x400000);
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQUENCE(4));
	script_pages(many, 1900, 4);
	script(SEQUENCE(4), CLOCK, RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_text_and_drop(snapshot, many);
}

/* Reads the first so many lines; the last look is the caller's. */
static void script_pages_until_a_look(const char *text, size_t lines, uint64_t sequence)
{
	for (size_t line = 0; line < lines; line += PAGE_LINES) {
		script(PAGE(text, line));
		if ((line + PAGE_LINES) % LOOK_LINES == 0 && line + PAGE_LINES < lines)
			script(SEQUENCE(sequence));
	}
}

static void a_doomed_attempt_ends_in_the_middle(void **state)
{
	const char *many = many_lines(1000, 0x400000);
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQUENCE(4));
	script_pages_until_a_look(many, LOOK_LINES, 4);
	script(SEQUENCE(6), PAUSE(START + US(50)), ATTEMPT(6, ONE), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, ONE);
}

static void without_a_source_there_is_nothing_to_look_at(void **state)
{
	const char *many = many_lines(700, 0x400000);
	struct mapsnap *snapshot;

	script(CALL, CLOCK);
	for (size_t line = 0; line < 700; line += PAGE_LINES)
		script(PAGE(many, line));
	script(PAGES_END(700), CLOCK, RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	assert_text_and_drop(snapshot, many);
}

/* Also one that has another meaning here: what the source says is never taken for our own words. */
static const int errors[] = { -EIO,     -EAGAIN, -ENOBUFS, -EOPNOTSUPP, -ECANCELED,
			      -EBADMSG, -ENOMEM, -ENOSPC,  -EPERM };

#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static void an_error_of_the_source_at_the_beginning_ends_the_read(void **state)
{
	for (size_t i = 0; i < ERRORS; i++) {
		script(CALL, CLOCK, SEQUENCE_FAILS(errors[i]));
		read_badly(*state, WATCHED(UNVERIFIED), errors[i]);
	}
}

static void an_error_of_the_source_in_the_middle_ends_the_read(void **state)
{
	const char *many = many_lines(LOOK_LINES, 0x400000);

	for (size_t i = 0; i < ERRORS; i++) {
		script(CALL, CLOCK, SEQUENCE(4));
		script_pages_until_a_look(many, LOOK_LINES, 4);
		script(SEQUENCE_FAILS(errors[i]));
		read_badly(*state, WATCHED(UNVERIFIED), errors[i]);
	}
}

static void an_error_of_the_source_at_the_end_ends_the_read(void **state)
{
	for (size_t i = 0; i < ERRORS; i++) {
		script(CALL, CLOCK, SEQUENCE(4), WHOLE_TEXT(ONE), SEQUENCE_FAILS(errors[i]));
		read_badly(*state, WATCHED(UNVERIFIED), errors[i]);
	}
}

static void an_error_in_a_later_attempt_ends_the_read(void **state)
{
	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), CLOCK, SEQUENCE_FAILS(-EIO));
	read_badly(*state, WATCHED(UNVERIFIED), -EIO);
}

/* What the source says of a query is not taken for a query that the kernel lacks. */
static void an_error_of_the_source_does_not_change_the_route(void **state)
{
	const struct mapsnap_options *options =
		WATCHED(.filter = MAPSNAP_FILTER_FILE, .fallback = MAPSNAP_FALLBACK_UNVERIFIED);
	const struct mapsnap_process *process = *state;

	script(CALL, CLOCK, SEQUENCE_FAILS(-EOPNOTSUPP));
	read_badly(*state, options, -EOPNOTSUPP);
	assert_int_equal(process->unfit, 0);
}

/* The address space has no users left. */

static void a_process_that_ended_is_gone_whenever_the_source_says_so(void **state)
{
	const char *many = many_lines(LOOK_LINES, 0x400000);

	script(CALL, CLOCK, SEQUENCE_FAILS(-ESRCH), HAS_ENDED);
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
	script(CALL, CLOCK, SEQUENCE(4));
	script_pages_until_a_look(many, LOOK_LINES, 4);
	script(SEQUENCE_FAILS(-ESRCH), HAS_ENDED);
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
	/* The text ended early, and the sequence had not moved. */
	script(CALL, CLOCK, SEQUENCE(4), WHOLE_TEXT(ONE), SEQUENCE_FAILS(-ESRCH), HAS_ENDED);
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), CLOCK, SEQUENCE_FAILS(-ESRCH),
	       HAS_ENDED);
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
}

static void a_process_that_called_exec_is_stale_whenever_the_source_says_so(void **state)
{
	const char *many = many_lines(LOOK_LINES, 0x400000);

	script(CALL, CLOCK, SEQUENCE_FAILS(-ESRCH), OTHER_AUXV(DIR_FD));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
	script(CALL, CLOCK, SEQUENCE(4));
	script_pages_until_a_look(many, LOOK_LINES, 4);
	script(SEQUENCE_FAILS(-ESRCH), OTHER_AUXV(DIR_FD));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
	script(CALL, CLOCK, SEQUENCE(4), WHOLE_TEXT(ONE), SEQUENCE_FAILS(-ESRCH),
	       OTHER_AUXV(DIR_FD));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
	/* A program with more rights than the reader's: alive all the same. */
	script(CALL, CLOCK, SEQUENCE_FAILS(-ESRCH), DENIED_AUXV(DIR_FD), STAT(DIR_FD, "S", "0"));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
}

/* Then nobody else is asked. */
static void a_source_may_say_itself_that_exec_was_called(void **state)
{
	const char *many = many_lines(LOOK_LINES, 0x400000);

	script(CALL, CLOCK, SEQUENCE_FAILS(-ESTALE));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
	assert_non_null(strstr(mapsnap_error(*state), "exec"));
	script(CALL, CLOCK, SEQUENCE(4));
	script_pages_until_a_look(many, LOOK_LINES, 4);
	script(SEQUENCE_FAILS(-ESTALE));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
	script(CALL, CLOCK, SEQUENCE(4), WHOLE_TEXT(ONE), SEQUENCE_FAILS(-ESTALE));
	read_badly(*state, WATCHED(UNVERIFIED), -ESTALE);
}

static void where_that_can_not_be_told_the_reason_is_given(void **state)
{
	script(CALL, CLOCK, SEQUENCE_FAILS(-ESRCH), OPENAT(DIR_FD, "auxv", -EMFILE));
	read_badly(*state, WATCHED(UNVERIFIED), -EMFILE);
}

static void of_a_maps_file_only_its_end_is_known(void **state)
{
	script(CALL, CLOCK, SEQUENCE_FAILS(-ESRCH));
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
	script(CALL, CLOCK, SEQUENCE(4), WHOLE_TEXT(ONE), SEQUENCE_FAILS(-ESRCH));
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("sequence", TEST(a_long_read_looks_at_the_sequence_now_and_then),
	  TEST(a_doomed_attempt_ends_in_the_middle),
	  TEST(without_a_source_there_is_nothing_to_look_at),
	  TEST(an_error_of_the_source_at_the_beginning_ends_the_read),
	  TEST(an_error_of_the_source_in_the_middle_ends_the_read),
	  TEST(an_error_of_the_source_at_the_end_ends_the_read),
	  TEST(an_error_in_a_later_attempt_ends_the_read),
	  TEST(an_error_of_the_source_does_not_change_the_route),
	  TEST(a_process_that_ended_is_gone_whenever_the_source_says_so),
	  TEST(a_process_that_called_exec_is_stale_whenever_the_source_says_so),
	  TEST(a_source_may_say_itself_that_exec_was_called),
	  TEST(where_that_can_not_be_told_the_reason_is_given),
	  cmocka_unit_test_setup_teardown(of_a_maps_file_only_its_end_is_known, open_maps_file,
					  close_process))
