/* SPDX-License-Identifier: BSD-2-Clause */
/* The fallback locked: a read under one hold of the lock, and only where it was asked for. */
#include <errno.h>
#include <string.h>

#include "snapshot_call.h"
#include "unit.h"

#define LOCKED .fallback = MAPSNAP_FALLBACK_LOCKED
#define HOLD   .flags = PROCMAP_SNAPSHOT_LOCKED

/* Whether the kernel has the call: next to nothing is asked for. */
#define ASKED(error) SNAPSHOT_ASKED_FAILS(error, .end = 1)
#define FOUND        SNAPSHOT((&(const struct records){ 0 }), .end = 1)

/* A pass under the lock. */
#define HELD(given) CLOCK, STILL(8, given, HOLD), CLOCK

/* What is known of the kernel by then. */
static int open_where_it_is_found(void **state)
{
	int r = open_with_sequence(state);

	if (r)
		return r;
	script(FOUND);
	assert_true(process_can_lock(*state));
	script_played();
	return 0;
}

static void assert_locked(struct mapsnap *snapshot, uint32_t source, uint32_t attempts,
			  const char *text)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	assert_int_equal(info->consistency, MAPSNAP_LOCKED);
	assert_int_equal(info->reason, MAPSNAP_REASON_LOCKED);
	assert_int_equal(info->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(info->source, source);
	assert_int_equal(info->attempts, attempts);
	assert_int_equal(info->sequence, 0);
	assert_text_and_drop(snapshot, text);
}

static void what_settles_is_not_locked(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, ONE_RECORD), PAUSE(START + US(50)), STILL(6, TWO_RECORDS), CLOCK);
	snapshot = read_well(*state, OPTIONS(LOCKED));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_text_and_drop(snapshot, TWO);
}

static void what_does_not_settle_is_read_under_the_lock(void **state)
{
	script(CALL, MOVED(4, 6, ONE_RECORD), PAUSE(START + US(50)), MOVED(6, 8, ONE_RECORD),
	       HELD(TWO_RECORDS), CLOCK);
	assert_locked(read_well(*state, OPTIONS(LOCKED, .attempts = 2)), MAPSNAP_SOURCE_IOCTL, 2,
		      TWO);
	script(CALL, SNAPSHOT_FAILS(-EAGAIN), CLOCK, HELD(FILE_RECORDS), CLOCK);
	assert_locked(read_well(*state, OPTIONS(LOCKED, .deadline_ns = 1)), MAPSNAP_SOURCE_IOCTL, 1,
		      TWO FILE_LINE);
}

#define PART .start = 0x20000, .end = UINT64_MAX, .vma_flags = MAPSNAP_READ

static void filters_ranges_and_omissions_hold_there_too(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, RECORDS("", RECORD_2), PART), CLOCK,
	       STILL(8, RECORDS("", RECORD_2, RECORD_GATE), HOLD, PART), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(LOCKED, .attempts = 1, .range_start = 0x20000,
					     .range_end = UINT64_MAX,
					     .filter = MAPSNAP_READ | MAPSNAP_FILTER_NO_GATE,
					     .omit = MAPSNAP_OMIT_NAMES));
	assert_locked(snapshot, MAPSNAP_SOURCE_IOCTL, 1,
		      "00020000-00021000 rw-p 00000000 00:00 0 \n");
}

/* There is no point in attempts that can't be proved. */
static void without_a_source_it_is_all_that_is_tried(void **state)
{
	script(CALL, HELD(TWO_RECORDS), CLOCK);
	assert_locked(read_well(*state, BLIND(LOCKED)), MAPSNAP_SOURCE_NONE, 0, TWO);
	script(CALL, HELD(TWO_RECORDS), CLOCK);
	assert_locked(read_well(*state, BLIND(LOCKED, .route = MAPSNAP_ROUTE_TEXT)),
		      MAPSNAP_SOURCE_NONE, 0, TWO);
}

static void it_is_there_behind_any_source_and_route(void **state)
{
	script(CALL, SPOILT(2, ONE, 4), HELD(TWO_RECORDS), CLOCK);
	assert_locked(read_well(*state, WATCHED(LOCKED, .attempts = 1)), MAPSNAP_SOURCE_BPF, 1,
		      TWO);
	script(CALL, CLOCK, SEQ(2), QUERY_FAILS(0, -ENOENT), SEQ(4), HELD(TWO_RECORDS), CLOCK);
	assert_locked(
		read_well(*state, OPTIONS(LOCKED, .attempts = 1, .route = MAPSNAP_ROUTE_QUERY)),
		MAPSNAP_SOURCE_IOCTL, 1, TWO);
}

/* More came than it had made room for before it took the lock. */
static void a_hold_without_success_is_tried_as_often_as_attempts_are_made(void **state)
{
	script(CALL, CLOCK, SNAPSHOT_ASKED_FAILS(-EAGAIN, HOLD), HELD(ONE_RECORD), CLOCK);
	assert_locked(read_well(*state, BLIND(LOCKED, .attempts = 2)), MAPSNAP_SOURCE_NONE, 0, ONE);
	script(CALL, CLOCK, SNAPSHOT_ASKED_FAILS(-EAGAIN, HOLD), CLOCK,
	       SNAPSHOT_ASKED_FAILS(-EAGAIN, HOLD));
	read_badly(*state, BLIND(LOCKED, .attempts = 2), -EAGAIN);
}

static void a_hold_that_needs_more_room_is_tried_again(void **state)
{
	script(CALL, CLOCK, SNAPSHOT_NEEDS(300, 20000), HELD(ONE_RECORD), CLOCK);
	assert_locked(read_well(*state, BLIND(LOCKED, .attempts = 1)), MAPSNAP_SOURCE_NONE, 0, ONE);
}

/* No kernel does that. */
static void a_hold_under_which_something_moved_is_none(void **state)
{
	script(CALL, CLOCK, MOVED(4, 6, ONE_RECORD, HOLD));
	read_badly(*state, BLIND(LOCKED, .attempts = 1), -EAGAIN);
	script(CALL, CLOCK, STILL(4, RECORDS("", RECORD_2, RECORD_1), HOLD));
	read_badly(*state, BLIND(LOCKED, .attempts = 1), -EAGAIN);
}

/* Another route would give what was not read under the lock. */
static void what_only_the_text_has_cannot_be_locked(void **state)
{
	script(CALL, CLOCK, SNAPSHOT_ASKED_FAILS(-ENAMETOOLONG, HOLD));
	read_badly(*state, BLIND(LOCKED), -EOPNOTSUPP);
	/* That the attempts were made by the text makes no difference. */
	script(CALL, SNAPSHOT_FAILS(-ENAMETOOLONG), CLOCK, SEQ(4), WHOLE_TEXT(ONE), SEQ(6), CLOCK,
	       SNAPSHOT_ASKED_FAILS(-ENAMETOOLONG, HOLD));
	read_badly(*state, OPTIONS(LOCKED, .attempts = 1), -EOPNOTSUPP);
}

static void errors_under_the_lock_end_the_read(void **state)
{
	static const int errors[] = { -ENOMEM, -EINTR, -EFAULT };

	for (size_t i = 0; i < 3; i++) {
		script(CALL, CLOCK, SNAPSHOT_ASKED_FAILS(errors[i], HOLD));
		read_badly(*state, BLIND(LOCKED), errors[i]);
	}
	script(CALL, CLOCK, SNAPSHOT_ASKED_FAILS(-ESRCH, HOLD), HAS_ENDED);
	read_badly(*state, BLIND(LOCKED), -ESRCH);
	script(CALL, CLOCK, SNAPSHOT_ASKED_FAILS(-ESTALE, HOLD));
	read_badly(*state, BLIND(LOCKED), -ESTALE);
}

/* Before anything is read, so that it does not show only once there is trouble. */
static void a_kernel_that_cannot_says_so_at_once(void **state)
{
	static const int errors[] = { -ENOTTY, -EPERM, -EACCES, -ENOSYS, -EINVAL };

	for (size_t i = 0; i < 5; i++) {
		struct mapsnap_process *process = *state;

		process->snapshot_asked = false;
		script(CALL, ASKED(errors[i]));
		read_badly(process, WATCHED(LOCKED), -EOPNOTSUPP);
		assert_non_null(strstr(mapsnap_error(process), "locked"));
		/* And is not asked again. */
		script(CALL);
		read_badly(process, BLIND(LOCKED), -EOPNOTSUPP);
	}
}

static void any_answer_of_the_call_tells_that_it_is_there(void **state)
{
	static const int answers[] = { -ENOBUFS, -EAGAIN, -ENOMEM };

	for (size_t i = 0; i < 3; i++) {
		struct mapsnap_process *process = *state;

		process->snapshot_asked = false;
		script(CALL, ASKED(answers[i]), HELD(ONE_RECORD), CLOCK);
		assert_locked(read_well(process, BLIND(LOCKED)), MAPSNAP_SOURCE_NONE, 0, ONE);
	}
}

/* What it was read at is no proof that a later look could renew. */
static void what_was_locked_is_read_anew_by_a_refresh(void **state)
{
	struct mapsnap *old, *fresh;

	script(CALL, MOVED(4, 6, ONE_RECORD), HELD(ONE_RECORD), CLOCK);
	old = read_well(*state, OPTIONS(LOCKED, .attempts = 1));
	script(CALL, STILL(8, TWO_RECORDS), CLOCK);
	assert_int_equal(mapsnap_refresh(*state, OPTIONS(LOCKED), old, &fresh), 0);
	script_played();
	assert_int_equal(mapsnap_info(fresh)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void a_kernel_thread_needs_no_lock(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, STAT(DIR_FD, "I", KERNEL_THREAD), CLOCK);
	snapshot = read_well(*state, OPTIONS(LOCKED));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	mapsnap_unref(snapshot);
}

#define TEST(name)    cmocka_unit_test_setup_teardown(name, open_where_it_is_found, close_process)
#define UNASKED(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("locked", TEST(what_settles_is_not_locked),
	  TEST(what_does_not_settle_is_read_under_the_lock),
	  TEST(filters_ranges_and_omissions_hold_there_too),
	  TEST(without_a_source_it_is_all_that_is_tried),
	  TEST(it_is_there_behind_any_source_and_route),
	  TEST(a_hold_without_success_is_tried_as_often_as_attempts_are_made),
	  TEST(a_hold_that_needs_more_room_is_tried_again),
	  TEST(a_hold_under_which_something_moved_is_none),
	  TEST(what_only_the_text_has_cannot_be_locked), TEST(errors_under_the_lock_end_the_read),
	  UNASKED(a_kernel_that_cannot_says_so_at_once),
	  UNASKED(any_answer_of_the_call_tells_that_it_is_there),
	  TEST(what_was_locked_is_read_anew_by_a_refresh),
	  cmocka_unit_test_setup_teardown(a_kernel_thread_needs_no_lock, open_kernel_thread_42,
					  close_process))
