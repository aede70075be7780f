/* SPDX-License-Identifier: BSD-2-Clause */
/* Bringing a snapshot up to date: one look at the sequence, where that will do. */
#include <errno.h>

#include "reading.h"
#include "snapshot.h"
#include "unit.h"

/* One look, and whether it is the same program. No maps. */
#define LOOK(sequence)       CLOCK, SEQUENCE(sequence), CLOCK
#define LOOK_MOVED(sequence) CLOCK, SEQUENCE(sequence)
#define STILL(sequence)      LOOK(sequence), SAME_PROGRAM

static struct mapsnap *read_at(struct mapsnap_process *process,
			       const struct mapsnap_options *options, uint64_t sequence)
{
	script(CALL, ATTEMPT(sequence, ONE), RETURN);
	return read_well(process, options);
}

static struct mapsnap *refresh_well(struct mapsnap_process *process,
				    const struct mapsnap_options *options, struct mapsnap *old)
{
	struct mapsnap *fresh = NULL;
	int r = mapsnap_refresh(process, options, old, &fresh);

	if (r)
		fail_msg("mapsnap_refresh() returned %d: %s", r, mapsnap_error(process));
	script_played();
	return fresh;
}

static void refresh_badly(struct mapsnap_process *process, const struct mapsnap_options *options,
			  struct mapsnap *old, int error)
{
	struct mapsnap *const untouched = (void *)&error;
	struct mapsnap *fresh = untouched;

	assert_int_equal(mapsnap_refresh(process, options, old, &fresh), error);
	assert_ptr_equal(fresh, untouched);
	assert_string_not_equal(mapsnap_error(process), "");
	script_played();
}

/* It read anew: another snapshot, of TWO; both are given back. */
static void assert_fresh(struct mapsnap *old, struct mapsnap *fresh)
{
	assert_ptr_not_equal(fresh, old);
	assert_text_and_drop(fresh, TWO);
	mapsnap_unref(old);
}

static void an_unmoved_sequence_gives_the_same_snapshot(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	script(STILL(4), STILL(4));
	assert_ptr_equal(mapsnap_ref(old), old);
	for (int i = 0; i < 2; i++) {
		struct mapsnap *fresh = NULL;

		assert_int_equal(mapsnap_refresh(*state, WATCHED(), old, &fresh), 0);
		assert_ptr_equal(fresh, old);
		/* With a reference more, which is given back. */
		mapsnap_unref(fresh);
	}
	mapsnap_unref(old);
	assert_text_and_drop(old, ONE);
}

static void a_refreshed_snapshot_outlives_the_callers_own_reference(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);
	struct mapsnap *fresh;

	script(STILL(4));
	fresh = refresh_well(*state, WATCHED(), old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, ONE);
}

static void a_moved_sequence_is_read_anew(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4), *fresh;

	script(LOOK_MOVED(6), ATTEMPT(6, TWO), RETURN);
	fresh = refresh_well(*state, WATCHED(), old);
	assert_int_equal(mapsnap_info(fresh)->sequence, 6);
	assert_fresh(old, fresh);
}

static void a_change_under_way_is_read_anew(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	script(LOOK_MOVED(5), ODD(5), PAUSE(START + US(50)), ATTEMPT(6, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, WATCHED(), old));
}

static void other_wishes_are_read_anew(void **state)
{
	const struct mapsnap_options *const wishes[] = {
		WATCHED(.filter = MAPSNAP_WRITE, .route = MAPSNAP_ROUTE_TEXT),
		WATCHED(.omit = MAPSNAP_OMIT_NAMES),
		WATCHED(.range_start = 0x1000, .range_end = UINT64_MAX,
			.route = MAPSNAP_ROUTE_TEXT),
		WATCHED(.range_end = UINT64_MAX, .route = MAPSNAP_ROUTE_TEXT),
	};

	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		struct mapsnap *old = read_at(*state, WATCHED(), 4), *wished, *fresh;

		script(CALL, ATTEMPT(4, TWO), RETURN);
		wished = refresh_well(*state, wishes[i], old);
		/* With the same wishes again it is refreshed. */
		script(STILL(4));
		fresh = refresh_well(*state, wishes[i], wished);
		assert_ptr_equal(fresh, wished);
		mapsnap_unref(fresh);
		/* And without them not. */
		script(CALL, ATTEMPT(4, TWO), RETURN);
		assert_fresh(wished, refresh_well(*state, WATCHED(), wished));
		mapsnap_unref(old);
	}
}

static void another_range_with_the_same_end_is_another_wish(void **state)
{
	const struct mapsnap_options *wide =
		WATCHED(.range_end = UINT64_MAX, .route = MAPSNAP_ROUTE_TEXT);
	const struct mapsnap_options *narrow =
		WATCHED(.range_start = 0x1000, .range_end = UINT64_MAX,
			.route = MAPSNAP_ROUTE_TEXT);
	struct mapsnap *old = read_at(*state, narrow, 4);

	script(CALL, ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, wide, old));
}

/* How it is read does not matter for what it is. */
static void another_route_or_patience_is_no_other_wish(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4), *fresh;

	script(STILL(4));
	fresh = refresh_well(
		*state,
		WATCHED(.route = MAPSNAP_ROUTE_TEXT, .attempts = 9, .deadline_ns = 1, UNVERIFIED),
		old);
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	mapsnap_unref(old);
}

static void the_number_of_another_source_proves_nothing(void **state)
{
	struct mapsnap_sequence other = scripted_sequence;
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	other.source = MAPSNAP_SOURCE_IOCTL;
	script(CALL, ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, OPTIONS(.sequence = &other), old));
}

static void without_a_source_it_is_read_anew(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	script(CALL, UNWATCHED(TWO), RETURN_UNVERIFIED);
	assert_fresh(old, refresh_well(*state, BLIND(UNVERIFIED), old));
	old = read_at(*state, WATCHED(), 4);
	script(CALL);
	refresh_badly(*state, BLIND(), old, -EOPNOTSUPP);
	mapsnap_unref(old);
}

static void what_is_not_verified_is_read_anew(void **state)
{
	struct mapsnap *old;

	script(CALL, SPOILT(2, ONE, 4), UNWATCHED(ONE), RETURN_UNVERIFIED);
	old = read_well(*state, WATCHED(UNVERIFIED, .attempts = 1));
	script(CALL, ATTEMPT(0, TWO), RETURN); /* 0: what an unverified one has in its place */
	assert_fresh(old, refresh_well(*state, WATCHED(), old));
}

static void saved_text_is_read_anew(void **state)
{
	struct mapsnap *old;

	assert_int_equal(mapsnap_parse(ONE, sizeof(ONE) - 1, &old, NULL), 0);
	script(CALL, ATTEMPT(0, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, WATCHED(), old));
}

/* Also where the new handle has the old one's address, as malloc may give it. */
static void another_opening_is_read_anew(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	mapsnap_close(*state);
	script(TIME_PASSES(1), OPEN_PROCESS);
	assert_int_equal(process_open_pid(&scripted_kernel, PID, (void *)state), 0);
	script_played();
	old->process = *state;
	script(CALL, ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, WATCHED(), old));
}

/* Another handle, of a maps file, whose descriptor is OLD_MAPS_FD. */
static struct mapsnap_process *open_another(void)
{
	struct mapsnap_process *process;

	script_gives(CALLERS_FD);
	script(CLOCK, DUP(CALLERS_FD, OLD_MAPS_FD), ON_PROCFS(OLD_MAPS_FD, 1),
	       PREAD(OLD_MAPS_FD, 0, ONE, sizeof(ONE) - 1),
	       SAME_FILE(OLD_MAPS_FD, "/proc/self/maps", 0));
	assert_int_equal(process_open_fd(&scripted_kernel, CALLERS_FD, &process), 0);
	script_played();
	return process;
}

static void another_handle_is_read_anew(void **state)
{
	struct mapsnap_process *other = open_another();
	struct mapsnap *old;

	script(CALL, CLOCK, STEP(.call = CALL_SEQUENCE, .fd = OLD_MAPS_FD, .sequence = 4),
	       PREAD(OLD_MAPS_FD, 0, "", 0),
	       STEP(.call = CALL_SEQUENCE, .fd = OLD_MAPS_FD, .sequence = 4), CLOCK, CLOCK);
	old = read_well(other, WATCHED());
	script(CALL, ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, WATCHED(), old));
	mapsnap_close(other);
}

/* A counter that wraps round: equal numbers prove something for so long only. */

static void a_proof_expires(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	const struct mapsnap_options *options = OPTIONS(.sequence = &source);
	struct mapsnap *old, *fresh;

	source.valid_ns = MS(60);
	old = read_at(*state, options, 4);
	script(TIME_PASSES(MS(60)), STILL(4));
	fresh = refresh_well(*state, options, old);
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	/* That look was a proof again, of its own time. */
	script(TIME_PASSES(MS(60)), STILL(4));
	fresh = refresh_well(*state, options, old);
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	script(TIME_PASSES(MS(60) + 1), LOOK(4), ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, options, old));
}

/* The proof is as old as the beginning of the look: what comes after it is not proved. */
static void a_slow_look_counts_from_its_beginning(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	const struct mapsnap_options *options = OPTIONS(.sequence = &source);
	struct mapsnap *old, *fresh;

	source.valid_ns = MS(60);
	old = read_at(*state, options, 4);
	script(CLOCK, TIME_PASSES(MS(50)), SEQUENCE(4), CLOCK, SAME_PROGRAM);
	fresh = refresh_well(*state, options, old);
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	script(TIME_PASSES(MS(11)), LOOK(4), ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, options, old));
}

static void a_newer_proof_does_not_renew_an_older_snapshot(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	const struct mapsnap_options *options = OPTIONS(.sequence = &source);
	struct mapsnap *old, *newer;

	source.valid_ns = MS(60);
	old = read_at(*state, options, 4);
	newer = read_at(*state, options, 6);
	mapsnap_unref(newer);
	/* The counter has come round to 4. */
	script(LOOK(4), ATTEMPT(4, TWO), RETURN);
	assert_fresh(old, refresh_well(*state, options, old));
}

static void an_error_of_the_source_is_returned(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	script(CLOCK, SEQUENCE_FAILS(-EIO));
	refresh_badly(*state, WATCHED(UNVERIFIED), old, -EIO);
	script(CLOCK, SEQUENCE_FAILS(-EAGAIN));
	refresh_badly(*state, WATCHED(UNVERIFIED), old, -EAGAIN);
	script(CLOCK, SEQUENCE_FAILS(-ESRCH), HAS_ENDED);
	refresh_badly(*state, WATCHED(UNVERIFIED), old, -ESRCH);
	script(CLOCK, SEQUENCE_FAILS(-ESRCH), OTHER_AUXV(DIR_FD));
	refresh_badly(*state, WATCHED(UNVERIFIED), old, -ESTALE);
	mapsnap_unref(old);
}

static void exec_is_noticed_where_the_sequence_has_not_moved(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	script(LOOK(4), OTHER_AUXV(DIR_FD));
	refresh_badly(*state, WATCHED(UNVERIFIED), old, -ESTALE);
	mapsnap_unref(old);
}

static void a_source_that_tells_exec_is_all_that_is_asked(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	const struct mapsnap_options *options = OPTIONS(.sequence = &source);
	struct mapsnap *old, *fresh;

	source.flags = MAPSNAP_SEQUENCE_TELLS_EXEC;
	script(CALL, ATTEMPT(4, ONE), CLOCK);
	old = read_well(*state, options);
	script(LOOK(4));
	fresh = refresh_well(*state, options, old);
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	script(CLOCK, SEQUENCE_FAILS(-ESTALE));
	refresh_badly(*state, options, old, -ESTALE);
	mapsnap_unref(old);
}

static void unverified_reading_looks_for_exec_whatever_the_source_tells(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	struct mapsnap *snapshot;

	source.flags = MAPSNAP_SEQUENCE_TELLS_EXEC;
	script(CALL, SPOILT(4, ONE, 6), UNWATCHED(ONE), RETURN_UNVERIFIED);
	snapshot = read_well(*state, OPTIONS(.sequence = &source, .attempts = 1, UNVERIFIED));
	assert_text_and_drop(snapshot, ONE);
}

static void options_that_do_not_exist_are_told(void **state)
{
	struct mapsnap *old = read_at(*state, WATCHED(), 4);

	refresh_badly(*state, WATCHED(.omit = 1u << 31), old, -EINVAL);
	mapsnap_unref(old);
}

static void a_kernel_thread_is_read_anew(void **state)
{
	struct mapsnap *old, *fresh;

	script(CALL, STAT(DIR_FD, "I", KERNEL_THREAD), CLOCK);
	old = read_well(*state, WATCHED());
	script(CALL, STAT(DIR_FD, "I", KERNEL_THREAD), CLOCK);
	fresh = refresh_well(*state, WATCHED(), old);
	assert_int_equal(mapsnap_count(fresh), 0);
	mapsnap_unref(fresh);
	mapsnap_unref(old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("refresh", TEST(an_unmoved_sequence_gives_the_same_snapshot),
	  TEST(a_refreshed_snapshot_outlives_the_callers_own_reference),
	  TEST(a_moved_sequence_is_read_anew), TEST(a_change_under_way_is_read_anew),
	  TEST(other_wishes_are_read_anew), TEST(another_range_with_the_same_end_is_another_wish),
	  TEST(another_route_or_patience_is_no_other_wish),
	  TEST(the_number_of_another_source_proves_nothing), TEST(without_a_source_it_is_read_anew),
	  TEST(what_is_not_verified_is_read_anew), TEST(saved_text_is_read_anew),
	  TEST(another_opening_is_read_anew), TEST(another_handle_is_read_anew),
	  TEST(a_proof_expires), TEST(a_slow_look_counts_from_its_beginning),
	  TEST(a_newer_proof_does_not_renew_an_older_snapshot),
	  TEST(an_error_of_the_source_is_returned),
	  TEST(exec_is_noticed_where_the_sequence_has_not_moved),
	  TEST(a_source_that_tells_exec_is_all_that_is_asked),
	  TEST(unverified_reading_looks_for_exec_whatever_the_source_tells),
	  TEST(options_that_do_not_exist_are_told),
	  cmocka_unit_test_setup_teardown(a_kernel_thread_is_read_anew, open_kernel_thread_42,
					  close_process))
