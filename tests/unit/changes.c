/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot is brought up to date by what the kernel logged of changes, and what changed is told.
 */
#include <errno.h>
#include <string.h>

#include "route.h"
#include "snapshot_call.h"
#include "unit.h"

#define LINE_2   "00020000-00021000 rw-p 00000000 00:00 0 \n"
#define LINE_4   "00040000-00041000 rw-p 00000000 00:00 0 \n"
#define RECORD_4 ANONYMOUS_RECORD(0x40000, 0x41000)

#define NOTHING (&(const struct records){ .names = "" })

/* The third of three is another one, one more came behind, one went. */
#define SOME_CHANGES                                                                    \
	CHANGES(RECORDS("/lib/b.so\0", FILE_RECORD(0x30000, 0x32000, 0, 10), RECORD_4), \
		{ 0x20000, 0x21000 }, { 0x30000, 0x32000 }, { 0x40000, 0x41000 })
#define AFTER_SOME_CHANGES                              \
	ONE "00030000-00032000 r-xp 00001000 08:01 17 " \
	    "                                /lib/b.so\n" LINE_4

/* Refreshing looks at the sequence first; where that moved it asks by a number. */
#define LOOK(sequence) CLOCK, SEQ(sequence)

static struct mapsnap *read_logged(struct mapsnap_process *process, const struct records *records)
{
	script(CALL, STILL(4, records, LOGGED), CLOCK);
	return read_well(process, NULL);
}

static struct mapsnap *refresh_well(struct mapsnap_process *process,
				    const struct mapsnap_options *options, struct mapsnap *old)
{
	struct mapsnap *fresh = NULL;

	assert_int_equal(mapsnap_refresh(process, options, old, &fresh), 0);
	script_played();
	return fresh;
}

static void assert_proved(const struct mapsnap *snapshot, uint64_t sequence, uint32_t deltas,
			  uint64_t mappings_read)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	assert_int_equal(info->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_UNCHANGED);
	assert_int_equal(info->sequence, sequence);
	assert_int_equal(info->attempts, 1);
	assert_int_equal(info->deltas, deltas);
	assert_int_equal(info->mappings_read, mappings_read);
	assert_int_equal(info->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
}

static void only_what_changed_is_read(void **state)
{
	struct mapsnap *old = read_logged(*state, FILE_RECORDS), *fresh;

	script(LOOK(6), SINCE(4, 6, 6, SOME_CHANGES), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_proved(fresh, 6, 1, 2);
	assert_int_equal(mapsnap_info(fresh)->overflows, 0);
	assert_text_and_drop(fresh, AFTER_SOME_CHANGES);
	/* What was there is as it was. */
	assert_text_and_drop(old, TWO FILE_LINE);
}

static void what_did_not_change_costs_one_look(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS), *fresh;

	script(LOOK(4), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	mapsnap_unref(old);
}

/* Changes that came to nothing, or elsewhere than where one looks. */
static void where_nothing_was_touched_all_is_shared(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS), *fresh;

	script(LOOK(6), SINCE(4, 6, 6, NOTHING), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_proved(fresh, 6, 1, 0);
	assert_ptr_equal(mapsnap_at(fresh, 1), mapsnap_at(old, 1));
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void one_goes_on_from_each_to_the_next(void **state)
{
	struct mapsnap *one = read_logged(*state, ONE_RECORD), *two, *three;

	script(LOOK(6), SINCE(4, 6, 6, CHANGES(RECORDS("", RECORD_2), { 0x20000, 0x21000 })),
	       CLOCK);
	two = refresh_well(*state, NULL, one);
	mapsnap_unref(one);
	script(LOOK(8),
	       SINCE(6, 8, 8,
		     CHANGES(RECORDS("", RECORD_4), { 0x10000, 0x11000 }, { 0x40000, 0x41000 })),
	       CLOCK);
	three = refresh_well(*state, NULL, two);
	assert_proved(three, 8, 1, 1);
	assert_text_and_drop(two, TWO);
	assert_text_and_drop(three, LINE_2 LINE_4);
}

static void what_changed_meanwhile_is_asked_for_again(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS), *fresh;

	script(LOOK(6), SINCE(4, 6, 8, CHANGES(RECORDS("", RECORD_4), { 0x40000, 0x41000 })),
	       SINCE(6, 10, 10, CHANGES(NOTHING, { 0x20000, 0x21000 }, { 0x40000, 0x41000 })),
	       CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_proved(fresh, 10, 2, 1);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, ONE);
}

static void after_a_hold_one_goes_on_as_well(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *held, *fresh;

	script(LOOK(6), SINCE_FAILS(4, -EAGAIN), SINCE_FAILS(4, -EAGAIN), SINCE_FAILS(4, -EAGAIN),
	       SINCE(4, 8, 8, CHANGES(TWO_RECORDS, { 0x10000, 0x21000 }), TRYLOCK), CLOCK);
	held = refresh_well(*state, NULL, old);
	assert_int_equal(mapsnap_info(held)->consistency, MAPSNAP_LOCKED);
	assert_int_equal(mapsnap_info(held)->reason, MAPSNAP_REASON_HELD);
	assert_int_equal(mapsnap_info(held)->sequence, 8);
	mapsnap_unref(old);
	script(LOOK(10), SINCE(8, 10, 10, CHANGES(NOTHING, { 0x10000, 0x11000 })), CLOCK);
	fresh = refresh_well(*state, NULL, held);
	assert_proved(fresh, 10, 1, 0);
	assert_text_and_drop(held, TWO);
	assert_text_and_drop(fresh, LINE_2);
}

static void where_the_log_does_not_reach_back_all_is_read(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	script(LOOK(6), SINCE_FAILS(4, -EOVERFLOW), STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_proved(fresh, 6, 1, 2);
	assert_int_equal(mapsnap_info(fresh)->overflows, 1);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

#define NEVER_SETTLES                                                              \
	SINCE_FAILS(4, -EAGAIN), SINCE_FAILS(4, -EAGAIN), SINCE_FAILS(4, -EAGAIN), \
		SINCE_FAILS(4, -EAGAIN, TRYLOCK), SINCE_FAILS(4, -EAGAIN),         \
		SINCE_FAILS(4, -EBUSY, TRYLOCK), SINCE_FAILS(4, -EAGAIN),          \
		SINCE_FAILS(4, -EAGAIN, TRYLOCK), SINCE_FAILS(4, -EAGAIN),         \
		SINCE_FAILS(4, -EAGAIN, TRYLOCK), SINCE_FAILS(4, -EAGAIN),         \
		SINCE_FAILS(4, -EAGAIN, TRYLOCK), SINCE_FAILS(4, -EAGAIN),         \
		SINCE_FAILS(4, -EAGAIN, TRYLOCK), SINCE_FAILS(4, -EAGAIN),         \
		SINCE_FAILS(4, -EAGAIN, TRYLOCK)

static void what_never_settles_is_read_anew(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	script(LOOK(6), NEVER_SETTLES, STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_proved(fresh, 6, 16, 2);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

/* No kernel should, and it would be a label that is not true. */
static void changes_that_do_not_fit_to_what_stays_are_not_believed(void **state)
{
	static const struct procmap_record overlaps[][1] = {
		{ ANONYMOUS_RECORD(0x10800, 0x12000) },
		{ ANONYMOUS_RECORD(0xf000, 0x10001) },
		{ ANONYMOUS_RECORD(0x10000, 0x11000) },
	};

	for (size_t i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
		const struct records overlap = { .list = overlaps[i], .count = 1, .names = "" };
		struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

		script(LOOK(6), SINCE(4, 6, 6, CHANGES(&overlap, { 0x40000, 0x41000 })), CLOCK,
		       STILL(6, TWO_RECORDS, LOGGED), CLOCK);
		fresh = refresh_well(*state, NULL, old);
		mapsnap_unref(old);
		assert_text_and_drop(fresh, TWO);
	}
}

static void a_log_is_asked_for_once_something_has_changed(void **state)
{
	struct mapsnap *old, *fresh;

	((struct mapsnap_process *)*state)->log = LOG_NOT_ASKED;
	script(CALL, STILL(4, ONE_RECORD), CLOCK);
	old = read_well(*state, NULL);
	script(LOOK(6), STILL(6, ONE_RECORD, LOGGED), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	mapsnap_unref(old);
	old = fresh;
	script(LOOK(8), SINCE(6, 8, 8, CHANGES(TWO_RECORDS, { 0x10000, 0x21000 })), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

/* What was read before the log began is never asked for by it. */
static void what_is_older_than_the_log_is_read_anew(void **state)
{
	struct mapsnap *old, *fresh;

	script(CALL, STILL(4, ONE_RECORD, LOG), CLOCK);
	old = read_well(*state, NULL);
	mapsnap_unref(read_logged(*state, ONE_RECORD));
	script(LOOK(6), STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void other_wishes_are_read_anew(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	script(CALL, STILL(6, TWO_RECORDS, LOGGED, .vma_flags = WRITE), CLOCK);
	fresh = refresh_well(*state, OPTIONS(.filter = MAPSNAP_WRITE), old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void by_another_route_it_is_read_anew(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	script(LOOK(6), CLOCK, SEQ(6), WHOLE_TEXT(TWO), SEQ(6), CLOCK, CLOCK);
	fresh = refresh_well(*state, OPTIONS(.route = MAPSNAP_ROUTE_TEXT), old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void where_the_route_can_not_read_it_no_more_it_is_read_anew(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	((struct mapsnap_process *)*state)->unfit = ROUTE_BIT(MAPSNAP_ROUTE_SNAPSHOT);
	script(LOOK(6), CLOCK, SEQ(6), WHOLE_TEXT(TWO), SEQ(6), CLOCK, CLOCK);
	fresh = refresh_well(*state, NULL, old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

/* The log tells by the kernel's own numbers, whoever else may have such. */
static void by_another_source_it_is_read_anew(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	source.source = MAPSNAP_SOURCE_IOCTL;
	script(CLOCK, SEQUENCE(6), ATTEMPT(6, TWO), RETURN);
	fresh = refresh_well(*state, OPTIONS(.sequence = &source), old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void a_name_that_is_too_long_is_read_anew(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD), *fresh;

	script(LOOK(6), SINCE_FAILS(4, -ENAMETOOLONG), STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

static void assert_refresh_fails(struct mapsnap_process *process, struct mapsnap *old, int error)
{
	struct mapsnap *fresh = NULL;

	assert_int_equal(mapsnap_refresh(process, NULL, old, &fresh), error);
	script_played();
	assert_null(fresh);
	assert_string_not_equal(mapsnap_error(process), "");
	mapsnap_unref(old);
}

static void the_end_is_told(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD);

	script(LOOK(6), SINCE_FAILS(4, -ESRCH), HAS_ENDED);
	assert_refresh_fails(*state, old, -ESRCH);
}

static void exec_is_told(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD);

	script(LOOK(6), SINCE_FAILS(4, -ESTALE));
	assert_refresh_fails(*state, old, -ESTALE);
}

/* What changed. */

static struct mapsnap_diff changes_of(struct mapsnap_process *process, struct mapsnap *old)
{
	struct mapsnap *fresh = NULL;
	struct mapsnap_diff changes;

	assert_int_equal(mapsnap_changes(process, NULL, old, &fresh, &changes), 0);
	script_played();
	assert_ptr_equal(changes.before, old);
	assert_ptr_equal(changes.after, fresh);
	return changes;
}

/* A start of 0 stands for none. */
static void assert_next(struct mapsnap_diff *changes, uint64_t before, uint64_t after,
			uint32_t what)
{
	struct mapsnap_change change;

	assert_int_equal(mapsnap_diff_next(changes, &change), 1);
	assert_int_equal(change.before ? change.before->start : 0, before);
	assert_int_equal(change.after ? change.after->start : 0, after);
	assert_int_equal(change.what, what);
}

static void assert_end_and_drop(struct mapsnap_diff *changes)
{
	struct mapsnap_change change;

	assert_int_equal(mapsnap_diff_next(changes, &change), 0);
	mapsnap_unref((struct mapsnap *)changes->before);
	mapsnap_unref((struct mapsnap *)changes->after);
}

static void what_came_and_went_and_changed_is_told(void **state)
{
	struct mapsnap *old = read_logged(*state, FILE_RECORDS);
	struct mapsnap_diff changes;

	script(LOOK(6), SINCE(4, 6, 6, SOME_CHANGES), CLOCK);
	changes = changes_of(*state, old);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
	assert_next(&changes, 0x20000, 0, 0);
	assert_next(&changes, 0x30000, 0x30000, MAPSNAP_CHANGED_END | MAPSNAP_CHANGED_NAME);
	assert_next(&changes, 0, 0x40000, 0);
	assert_end_and_drop(&changes);
}

/* Unmapped and mapped again, it looks the same and is not. */
static void what_changed_back_is_told(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS);
	struct mapsnap_diff changes;

	script(LOOK(8), SINCE(4, 8, 8, CHANGES(RECORDS("", RECORD_2), { 0x20000, 0x21000 })),
	       CLOCK);
	changes = changes_of(*state, old);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
	assert_next(&changes, 0x20000, 0x20000, 0);
	assert_end_and_drop(&changes);
}

static void by_hand_only_differences_are_told(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS), *fresh;
	struct mapsnap_diff diff;

	script(LOOK(8), SINCE(4, 8, 8, CHANGES(RECORDS("", RECORD_2), { 0x20000, 0x21000 })),
	       CLOCK);
	fresh = refresh_well(*state, NULL, old);
	diff = (struct mapsnap_diff){ .before = old, .after = fresh };
	assert_end_and_drop(&diff);
}

/* Also what is as it was, and holes; not what was read anew. */
static void it_is_known_what_was_touched(void **state)
{
	struct mapsnap *old = read_logged(*state, FILE_RECORDS), *fresh;

	script(LOOK(6), SINCE(4, 6, 6, SOME_CHANGES), CLOCK);
	fresh = refresh_well(*state, NULL, old);
	assert_int_equal(mapsnap_touched(fresh, 0x10000, 0x11000), 0);
	assert_int_equal(mapsnap_touched(fresh, 0x1f000, 0x20000), 0);
	assert_int_equal(mapsnap_touched(fresh, 0x20fff, 0x21000), 1);
	assert_int_equal(mapsnap_touched(fresh, 0x21000, 0x30000), 0);
	assert_int_equal(mapsnap_touched(fresh, 0, UINT64_MAX), 1);
	assert_int_equal(mapsnap_touched(old, 0x10000, 0x11000), 1);
	mapsnap_unref(fresh);
	mapsnap_unref(old);
}

static void shared_memory_is_counted_once(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS), *same, *other;

	script(LOOK(6), SINCE(4, 6, 6, NOTHING), CLOCK);
	same = refresh_well(*state, NULL, old);
	script(LOOK(8), SINCE(6, 8, 8, CHANGES(RECORDS("", RECORD_4), { 0x40000, 0x41000 })),
	       CLOCK);
	other = refresh_well(*state, NULL, same);
	assert_true(mapsnap_memory(old, NULL) > 2 * sizeof(struct mapsnap_mapping));
	assert_true(mapsnap_memory(same, old) < mapsnap_memory(old, NULL) / 2);
	assert_int_equal(mapsnap_memory(same, NULL), mapsnap_memory(old, NULL));
	assert_true(mapsnap_memory(other, same) > mapsnap_memory(old, NULL));
	mapsnap_unref(old);
	mapsnap_unref(same);
	mapsnap_unref(other);
}

static void nothing_is_told_of_what_did_not_change(void **state)
{
	struct mapsnap *old = read_logged(*state, TWO_RECORDS);
	struct mapsnap_diff changes;

	script(LOOK(4), CLOCK);
	changes = changes_of(*state, old);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
	assert_end_and_drop(&changes);
}

static void where_changes_were_forgotten_that_is_told(void **state)
{
	struct mapsnap *old = read_logged(*state, ONE_RECORD);
	struct mapsnap_diff changes;

	script(LOOK(6), SINCE_FAILS(4, -EOVERFLOW), STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	changes = changes_of(*state, old);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_RESYNC);
	assert_int_equal(mapsnap_info(changes.after)->overflows, 1);
	assert_next(&changes, 0, 0x20000, 0);
	assert_end_and_drop(&changes);
}

/* The log has only begun, or there is none. */
static void the_first_changes_may_have_gaps(void **state)
{
	struct mapsnap_diff changes;
	struct mapsnap *old;

	((struct mapsnap_process *)*state)->log = LOG_NOT_ASKED;
	script(CALL, STILL(4, ONE_RECORD), CLOCK);
	old = read_well(*state, NULL);
	script(LOOK(6), STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	changes = changes_of(*state, old);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_RESYNC);
	assert_next(&changes, 0, 0x20000, 0);
	assert_end_and_drop(&changes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_log, close_process)

UNIT_MAIN("changes", TEST(only_what_changed_is_read), TEST(what_did_not_change_costs_one_look),
	  TEST(where_nothing_was_touched_all_is_shared), TEST(one_goes_on_from_each_to_the_next),
	  TEST(what_changed_meanwhile_is_asked_for_again), TEST(after_a_hold_one_goes_on_as_well),
	  TEST(where_the_log_does_not_reach_back_all_is_read),
	  TEST(what_never_settles_is_read_anew),
	  TEST(changes_that_do_not_fit_to_what_stays_are_not_believed),
	  TEST(a_log_is_asked_for_once_something_has_changed),
	  TEST(what_is_older_than_the_log_is_read_anew), TEST(other_wishes_are_read_anew),
	  TEST(by_another_route_it_is_read_anew),
	  TEST(where_the_route_can_not_read_it_no_more_it_is_read_anew),
	  TEST(by_another_source_it_is_read_anew), TEST(a_name_that_is_too_long_is_read_anew),
	  TEST(the_end_is_told), TEST(exec_is_told), TEST(what_came_and_went_and_changed_is_told),
	  TEST(what_changed_back_is_told), TEST(by_hand_only_differences_are_told),
	  TEST(it_is_known_what_was_touched), TEST(shared_memory_is_counted_once),
	  TEST(nothing_is_told_of_what_did_not_change),
	  TEST(where_changes_were_forgotten_that_is_told), TEST(the_first_changes_may_have_gaps))
