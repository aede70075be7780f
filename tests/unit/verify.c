/* SPDX-License-Identifier: BSD-2-Clause */
/* Attempts, their pace and bounds, and what a read says of itself. */
#include <errno.h>

#include "reading.h"
#include "unit.h"

static void an_unchanged_sequence_verifies(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(TIME_PASSES(US(1)), CALL, TIME_PASSES(US(5)), ATTEMPT(4, TWO), RETURN);
	snapshot = read_well(*state, WATCHED());
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_UNCHANGED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_BPF);
	assert_int_equal(info->route, MAPSNAP_ROUTE_TEXT);
	assert_int_equal(info->attempts, 1);
	assert_int_equal(info->filter, 0);
	assert_int_equal(info->omit, 0);
	assert_int_equal(info->pid, PID);
	assert_int_equal(info->start_time, START_TIME);
	assert_int_equal(info->range_start, 0);
	assert_int_equal(info->range_end, 0);
	assert_int_equal(info->sequence, 4);
	assert_int_equal(info->begin_ns, START + US(1));
	assert_int_equal(info->end_ns, START + US(6));
	assert_text_and_drop(snapshot, TWO);
}

static void sequence_zero_and_the_greatest_one_verify(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ATTEMPT(0, ONE), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(snapshot);
	script(CALL, ATTEMPT(UINT64_MAX - 1, ONE), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->sequence, UINT64_MAX - 1);
	mapsnap_unref(snapshot);
}

static void one_change_costs_one_attempt_more(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), ATTEMPT(6, TWO), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_int_equal(mapsnap_info(snapshot)->sequence, 6);
	assert_text_and_drop(snapshot, TWO);
}

static void a_sequence_that_ends_odd_or_lower_has_changed(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SPOILT(4, ONE, 5), PAUSE(START + US(50)), SPOILT(6, ONE, 2),
	       PAUSE(START + US(150)), ATTEMPT(2, TWO), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 3);
	assert_text_and_drop(snapshot, TWO);
}

static void what_a_spoilt_attempt_read_is_forgotten(void **state)
{
	const char *many = many_lines(700, 0x400000);
	struct mapsnap *snapshot;

	/* It shrinks from 700 to 1, and grows to 2. */
	script(CALL, CLOCK, SEQUENCE(2));
	script_pages(many, 700, 2);
	script(SEQUENCE(4), PAUSE(START + US(50)), SPOILT(4, ONE, 6), PAUSE(START + US(150)),
	       ATTEMPT(6, TWO), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 3);
	assert_text_and_drop(snapshot, TWO);
}

static void growth_between_attempts_is_read_whole(void **state)
{
	const char *many = many_lines(700, 0x400000);
	struct mapsnap *snapshot;

	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), CLOCK, SEQUENCE(6));
	script_pages(many, 700, 6);
	script(SEQUENCE(6), CLOCK, RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, many);
}

static void an_odd_sequence_counts_as_an_attempt_and_nothing_is_read(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ODD(3), PAUSE(START + US(50)), ATTEMPT(4, ONE), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, ONE);
}

static void a_change_that_takes_long_is_waited_for_ever_longer(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ODD(3), PAUSE(START + US(50)), ODD(3), PAUSE(START + US(150)), ODD(3),
	       PAUSE(START + US(350)), ODD(3), PAUSE(START + US(750)), ATTEMPT(4, ONE), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 5);
	mapsnap_unref(snapshot);
}

static void odd_at_every_attempt_does_not_settle(void **state)
{
	script(CALL, ODD(1), PAUSE(START + US(50)), ODD(3), PAUSE(START + US(150)), ODD(5));
	read_badly(*state, WATCHED(.attempts = 3), -EAGAIN);
}

#define SPOILT_FIVE_TIMES                                                                    \
	SPOILT(2, ONE, 4), PAUSE(START + US(50)), SPOILT(4, ONE, 6), PAUSE(START + US(150)), \
		SPOILT(6, ONE, 8), PAUSE(START + US(350)), SPOILT(8, ONE, 10),               \
		PAUSE(START + US(750)), SPOILT(10, ONE, 12)

static void change_during_every_attempt_is_an_error(void **state)
{
	script(CALL, SPOILT_FIVE_TIMES);
	read_badly(*state, WATCHED(), -EAGAIN);
}

static void the_fallback_unverified_reads_once_more_and_watches_nothing(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, SPOILT_FIVE_TIMES, UNWATCHED(TWO), RETURN_UNVERIFIED);
	snapshot = read_well(*state, WATCHED(UNVERIFIED));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_CHANGED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_BPF);
	assert_int_equal(info->attempts, 5);
	assert_int_equal(info->sequence, 0);
	assert_text_and_drop(snapshot, TWO);
}

static void no_more_attempts_are_made_than_allowed(void **state)
{
	script(CALL, SPOILT(2, ONE, 4));
	read_badly(*state, WATCHED(.attempts = 1), -EAGAIN);
	script(CALL, SPOILT(2, ONE, 4), PAUSE(START + US(50)), SPOILT(4, ONE, 6));
	read_badly(*state, WATCHED(.attempts = 2), -EAGAIN);
}

static void the_deadline_may_come_before_the_attempts_run_out(void **state)
{
	struct mapsnap *snapshot;

	/* The next attempt would begin at 150 us. */
	script(CALL, SPOILT(2, ONE, 4), PAUSE(START + US(50)), SPOILT(4, ONE, 6), CLOCK,
	       UNWATCHED(TWO), RETURN_UNVERIFIED);
	snapshot = read_well(*state, WATCHED(UNVERIFIED, .deadline_ns = US(150)));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_DEADLINE);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, TWO);
}

static void an_attempt_may_begin_just_before_the_deadline(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SPOILT(2, ONE, 4), PAUSE(START + US(50)), SPOILT(4, ONE, 6),
	       PAUSE(START + US(150)), ATTEMPT(6, TWO), RETURN);
	snapshot = read_well(*state, WATCHED(.deadline_ns = US(150) + 1));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(snapshot);
}

static void the_first_attempt_is_made_whatever_the_deadline(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, TIME_PASSES(MS(1)), ATTEMPT(4, ONE), RETURN);
	snapshot = read_well(*state, WATCHED(.deadline_ns = 1));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(snapshot);
	script(CALL, SPOILT(4, ONE, 6), CLOCK);
	read_badly(*state, WATCHED(.deadline_ns = 1), -EAGAIN);
}

static void the_time_that_attempts_take_counts(void **state)
{
	script(CALL, CLOCK, SEQUENCE(2), TEXT(0, ONE), TIME_PASSES(MS(99)), TEXT_END(ONE),
	       SEQUENCE(4), PAUSE(START + MS(99) + US(50)), CLOCK, SEQUENCE(4), TEXT(0, ONE),
	       TIME_PASSES(MS(1)), TEXT_END(ONE), SEQUENCE(6), CLOCK);
	read_badly(*state, WATCHED(), -EAGAIN);
}

static void an_attempt_under_way_is_finished_after_the_deadline(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQUENCE(2), TEXT(0, ONE), TIME_PASSES(MS(5000)), TEXT_END(ONE),
	       SEQUENCE(2), CLOCK, RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->end_ns, START + MS(5000));
	mapsnap_unref(snapshot);
}

static void the_greatest_deadline_is_never_reached(void **state)
{
	uint64_t now = START, delay = US(50);

	script(CALL);
	for (int i = 0; i < 29; i++) {
		script(SPOILT(2, ONE, 4), PAUSE(now + delay));
		now += delay;
		if (delay < MS(5))
			delay *= 2; /* and no further */
	}
	script(SPOILT(2, ONE, 4));
	read_badly(*state, WATCHED(.deadline_ns = UINT64_MAX, .attempts = 30), -EAGAIN);
}

static void without_a_source_the_first_pass_is_unverified(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED(TWO), RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_int_equal(info->source, MAPSNAP_SOURCE_NONE);
	assert_int_equal(info->attempts, 1);
	assert_int_equal(info->sequence, 0);
	assert_text_and_drop(snapshot, TWO);
}

static void without_a_source_and_a_fallback_nothing_is_read(void **state)
{
	script(CALL);
	read_badly(*state, BLIND(), -EOPNOTSUPP);
	/* Without options the kernel is asked, which here has none. */
	script(SEQ_FAILS(-ENOTTY), CALL);
	read_badly(*state, NULL, -EOPNOTSUPP);
}

static void options_that_do_not_exist_are_told(void **state)
{
	struct {
		struct mapsnap_options options;
		uint64_t newer;
	} longer = { { .size = sizeof(longer) }, 1 };

	read_badly(*state, BLIND(.filter = 1u << 31), -EINVAL);
	read_badly(*state, &longer.options, -E2BIG);
}

/* A counter that may have come round to the same number proves nothing. */
static void an_attempt_that_outlives_the_counter_has_failed(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	struct mapsnap *snapshot;

	source.valid_ns = MS(2);
	script(CALL, CLOCK, SEQUENCE(2), TEXT(0, ONE), TIME_PASSES(MS(2) + 1), TEXT_END(ONE),
	       SEQUENCE(2), CLOCK, PAUSE(START + MS(2) + 1 + US(50)), CLOCK, SEQUENCE(2),
	       TEXT(0, TWO), TIME_PASSES(MS(2)), TEXT_END(TWO), SEQUENCE(2), CLOCK, RETURN);
	snapshot = read_well(*state, OPTIONS(.sequence = &source));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, TWO);
}

static void a_kernel_thread_has_verifiably_no_mappings(void **state)
{
	const struct mapsnap_options *const each[] = { NULL, WATCHED(), BLIND(UNVERIFIED) };

	for (size_t i = 0; i < 3; i++) {
		struct mapsnap *snapshot;

		script(CALL, STAT(DIR_FD, "I", KERNEL_THREAD), CLOCK);
		snapshot = read_well(*state, each[i]);
		assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
		assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_MAPPINGS);
		assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
		assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_NONE);
		assert_text_and_drop(snapshot, "");
	}
}

static void a_kernel_thread_that_has_ended_is_gone(void **state)
{
	script(CALL, NO_FILE(DIR_FD, "stat"));
	read_badly(*state, WATCHED(), -ESRCH);
	script(CALL, OPENAT(DIR_FD, "stat", -EMFILE));
	read_badly(*state, WATCHED(), -EMFILE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)
#define KERNEL_THREAD_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_kernel_thread_42, close_process)

UNIT_MAIN("verify", TEST(an_unchanged_sequence_verifies),
	  TEST(sequence_zero_and_the_greatest_one_verify), TEST(one_change_costs_one_attempt_more),
	  TEST(a_sequence_that_ends_odd_or_lower_has_changed),
	  TEST(what_a_spoilt_attempt_read_is_forgotten),
	  TEST(growth_between_attempts_is_read_whole),
	  TEST(an_odd_sequence_counts_as_an_attempt_and_nothing_is_read),
	  TEST(a_change_that_takes_long_is_waited_for_ever_longer),
	  TEST(odd_at_every_attempt_does_not_settle), TEST(change_during_every_attempt_is_an_error),
	  TEST(the_fallback_unverified_reads_once_more_and_watches_nothing),
	  TEST(no_more_attempts_are_made_than_allowed),
	  TEST(the_deadline_may_come_before_the_attempts_run_out),
	  TEST(an_attempt_may_begin_just_before_the_deadline),
	  TEST(the_first_attempt_is_made_whatever_the_deadline),
	  TEST(the_time_that_attempts_take_counts),
	  TEST(an_attempt_under_way_is_finished_after_the_deadline),
	  TEST(the_greatest_deadline_is_never_reached),
	  TEST(without_a_source_the_first_pass_is_unverified),
	  TEST(without_a_source_and_a_fallback_nothing_is_read),
	  TEST(options_that_do_not_exist_are_told),
	  TEST(an_attempt_that_outlives_the_counter_has_failed),
	  KERNEL_THREAD_TEST(a_kernel_thread_has_verifiably_no_mappings),
	  KERNEL_THREAD_TEST(a_kernel_thread_that_has_ended_is_gone))
