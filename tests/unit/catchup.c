/* SPDX-License-Identifier: BSD-2-Clause */
/* A read that saw changes is brought up to date by what the kernel logged of them. */
#include <errno.h>
#include <string.h>

#include "snapshot_call.h"
#include "unit.h"

#define LINE_1 ONE
#define LINE_2 "00020000-00021000 rw-p 00000000 00:00 0 \n"
#define LINE_4 "00040000-00041000 rw-p 00000000 00:00 0 \n"

#define RECORD_4 ANONYMOUS_RECORD(0x40000, 0x41000)

#define NOTHING (&(const struct records){ .names = "" })

/* The first attempt of a process that was quiet before. */
static int open_quiet(void **state)
{
	int r = open_with_log(state);

	if (r == 0)
		((struct mapsnap_process *)*state)->log = LOG_NOT_ASKED;
	return r;
}

static void assert_info(const struct mapsnap *snapshot, enum mapsnap_consistency consistency,
			enum mapsnap_reason reason, uint64_t sequence, uint32_t attempts)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	assert_int_equal(info->consistency, consistency);
	assert_int_equal(info->reason, reason);
	assert_int_equal(info->sequence, sequence);
	assert_int_equal(info->attempts, attempts);
	assert_int_equal(info->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
}

static void assert_verified_and_drop(struct mapsnap *snapshot, uint64_t sequence, const char *text)
{
	assert_info(snapshot, MAPSNAP_VERIFIED, MAPSNAP_REASON_UNCHANGED, sequence, 1);
	assert_text_and_drop(snapshot, text);
}

static void a_log_is_asked_for_once_something_changed(void **state)
{
	script(CALL, STILL(4, ONE_RECORD), CLOCK);
	assert_text_and_drop(read_well(*state, NULL), ONE);
	script(CALL, MOVED(4, 6, ONE_RECORD), PAUSE(script_now() + US(50)),
	       STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	assert_text_and_drop(read_well(*state, NULL), TWO);
	script(CALL, STILL(6, TWO_RECORDS, LOGGED), CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 6, TWO);
}

static void a_kernel_without_log_is_asked_for_one_once(void **state)
{
	script(CALL, SNAPSHOT_ASKED_FAILS(-EINVAL, LOG), STILL(6, ONE_RECORD), CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 6, ONE);
	script(CALL, STILL(6, TWO_RECORDS), CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 6, TWO);
}

/* A change was under way when it was to begin. */
static void a_log_that_could_not_begin_is_asked_for_again(void **state)
{
	script(CALL, MOVED(4, 6, ONE_RECORD, LOG), PAUSE(START + US(50)),
	       MOVED(6, 8, ONE_RECORD, LOGGED), SINCE(6, 8, 8, NOTHING), CLOCK);
	assert_text_and_drop(read_well(*state, NULL), ONE);
}

static void what_changed_is_all_that_is_read_again(void **state)
{
	/* One went, one came, one is another one now. */
	script(CALL, MOVED(4, 6, FILE_RECORDS, LOGGED),
	       SINCE(4, 8, 8,
		     CHANGES(RECORDS("/lib/a.so\0", FILE_RECORD(0x10000, 0x12000, 0, 10), RECORD_4),
			     { 0x10000, 0x12000 }, { 0x20000, 0x21000 }, { 0x40000, 0x41000 })),
	       CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 8,
				 "00010000-00012000 r-xp 00001000 08:01 17 "
				 "                                /lib/a.so\n" FILE_LINE LINE_4);
}

static void ranges_touch_what_they_overlap_and_no_more(void **state)
{
	static const struct {
		uint64_t start, end;
		const char *left;
	} ranges[] = {
		{ 0x0, 0x10000, TWO },        { 0x0, 0x10001, LINE_2 },
		{ 0x10fff, 0x20000, LINE_2 }, { 0x11000, 0x20000, TWO },
		{ 0x20fff, 0x30000, LINE_1 }, { 0x21000, UINT64_MAX, TWO },
		{ 0x10800, 0x10801, LINE_2 }, { 0x0, UINT64_MAX, "" },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED),
		       SINCE(4, 6, 6, CHANGES(NOTHING, { ranges[i].start, ranges[i].end })), CLOCK);
		assert_verified_and_drop(read_well(*state, NULL), 6, ranges[i].left);
	}
}

/* It moved downwards behind the reader's back: twice in the list, or with the starts in disorder.
 */
static void how_torn_it_was_does_not_matter(void **state)
{
	script(CALL,
	       MOVED(4, 6,
		     RECORDS("", RECORD_1, ANONYMOUS_RECORD(0x30000, 0x31000),
			     ANONYMOUS_RECORD(0x18000, 0x48000),
			     ANONYMOUS_RECORD(0x50000, 0x51000)),
		     LOGGED),
	       SINCE(4, 6, 6,
		     CHANGES(RECORDS("", RECORD_2), { 0x18000, 0x1a000 }, { 0x20000, 0x21000 },
			     { 0x30000, 0x31000 })),
	       CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 6,
				 TWO "00050000-00051000 rw-p 00000000 00:00 0 \n");
}

static void what_changed_meanwhile_is_caught_up_with_as_well(void **state)
{
	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED),
	       SINCE(4, 8, 10,
		     CHANGES(RECORDS("", RECORD_4), { 0x20000, 0x21000 }, { 0x40000, 0x41000 })),
	       SINCE_FAILS(8, -EAGAIN),
	       SINCE(8, 12, 12, CHANGES(RECORDS("", RECORD_2), { 0x20000, 0x21000 })), CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 12, TWO LINE_4);
}

static void a_short_hold_ends_what_does_not_settle(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED), SINCE(4, 8, 10, NOTHING),
	       SINCE_FAILS(8, -EAGAIN), SINCE_FAILS(8, -EAGAIN), SINCE_FAILS(8, -EAGAIN, TRYLOCK),
	       SINCE(8, 12, 14, NOTHING),
	       SINCE(12, 16, 16, CHANGES(NOTHING, { 0x20000, 0x21000 }), TRYLOCK), CLOCK);
	snapshot = read_well(*state, NULL);
	assert_info(snapshot, MAPSNAP_LOCKED, MAPSNAP_REASON_HELD, 16, 1);
	assert_text_and_drop(snapshot, ONE);
}

/* More stands there than a hold may read: then without one. */
static void what_is_too_much_for_a_hold_is_read_without(void **state)
{
	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED), SINCE_FAILS(4, -EAGAIN),
	       SINCE_FAILS(4, -EAGAIN), SINCE_FAILS(4, -EAGAIN), SINCE_FAILS(4, -EBUSY, TRYLOCK),
	       SINCE(4, 8, 8, NOTHING), CLOCK);
	assert_verified_and_drop(read_well(*state, NULL), 8, TWO);
}

static void a_log_that_does_not_reach_back_costs_an_attempt(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED), SINCE_FAILS(4, -EOVERFLOW),
	       PAUSE(START + US(50)), MOVED(8, 10, ONE_RECORD, LOGGED), SINCE(8, 10, 10, NOTHING),
	       CLOCK);
	snapshot = read_well(*state, NULL);
	assert_info(snapshot, MAPSNAP_VERIFIED, MAPSNAP_REASON_UNCHANGED, 10, 2);
	assert_text_and_drop(snapshot, ONE);
}

static void more_than_there_is_room_for_is_asked_for_again(void **state)
{
	struct records many = many_records(300, 300);

	many.ranges = &(const struct procmap_range){ 0, UINT64_MAX };
	many.nr_ranges = 1;
	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED), SNAPSHOT_NEEDS(300, many.names_size),
	       SINCE(4, 8, 8, &many), CLOCK);
	struct mapsnap *snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_count(snapshot), 300);
	assert_string_equal(mapsnap_at(snapshot, 299)->name,
			    many.names + many.list[299].name_offset);
	mapsnap_unref(snapshot);
}

static void a_need_that_is_met_already_is_an_error(void **state)
{
	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED), SNAPSHOT_NEEDS(100, 100));
	read_badly(*state, NULL, -ENOBUFS);
}

/* The text has it. */
static void a_name_that_is_too_long_is_no_error(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED), SINCE_FAILS(4, -ENAMETOOLONG), CLOCK, SEQ(6),
	       WHOLE_TEXT(TWO), SEQ(6), CLOCK, CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	assert_text_and_drop(snapshot, TWO);
}

/* It gives what there is, and a log would have it begin anew. */
static void the_fallback_unverified_asks_for_no_log(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, ONE_RECORD, LOGGED), SINCE_FAILS(4, -EOVERFLOW), CLOCK,
	       MOVED(6, 8, TWO_RECORDS), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(UNVERIFIED, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_text_and_drop(snapshot, TWO);
}

/* After sixteen steps. */
#define IN_VAIN      SINCE_FAILS(4, -EAGAIN)
#define HELD_IN_VAIN SINCE_FAILS(4, -EAGAIN, TRYLOCK)
#define BOTH_IN_VAIN HELD_IN_VAIN, IN_VAIN

static void what_never_settles_is_given_up(void **state)
{
	script(CALL, MOVED(4, 6, ONE_RECORD, LOGGED), IN_VAIN, IN_VAIN, IN_VAIN, BOTH_IN_VAIN,
	       BOTH_IN_VAIN, BOTH_IN_VAIN, BOTH_IN_VAIN, BOTH_IN_VAIN, BOTH_IN_VAIN, HELD_IN_VAIN);
	read_badly(*state, OPTIONS(.attempts = 1), -EAGAIN);
}

static void the_same_is_asked_for_as_of_the_whole(void **state)
{
	script(CALL,
	       MOVED(4, 6, RECORDS("", RECORD_2), LOGGED, .start = 0x20800, .end = 0x20801,
		     .vma_flags = WRITE),
	       SINCE(4, 8, 8, CHANGES(NOTHING, { 0x20000, 0x21000 }), .start = 0x20800,
		     .end = 0x20801, .vma_flags = WRITE),
	       CLOCK);
	assert_text_and_drop(read_well(*state, OPTIONS(.range_start = 0x20800, .range_end = 0x20801,
						       .filter = MAPSNAP_WRITE)),
			     "");
}

static void without_names_none_are_asked_for(void **state)
{
	script(CALL, MOVED(4, 6, FILE_RECORDS, LOGGED), SINCE(4, 8, 8, NOTHING), CLOCK);
	mapsnap_unref(read_well(*state, OPTIONS(.omit = MAPSNAP_OMIT_NAMES)));
}

static void what_ends_the_process_ends_the_read(void **state)
{
	script(CALL, MOVED(4, 6, ONE_RECORD, LOGGED), SINCE_FAILS(4, -ESRCH), HAS_ENDED);
	read_badly(*state, NULL, -ESRCH);
	script(CALL, MOVED(4, 6, ONE_RECORD, LOGGED), SINCE_FAILS(4, -EIO));
	read_badly(*state, NULL, -EIO);
}

static void records_that_cannot_be_are_refused(void **state)
{
	script(CALL, MOVED(4, 6, ONE_RECORD, LOGGED),
	       SINCE(4, 6, 6, RECORDS("", ANONYMOUS_RECORD(0x2000, 0x1000))));
	read_badly(*state, NULL, -EBADMSG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_log, close_process)

UNIT_MAIN("catchup",
	  cmocka_unit_test_setup_teardown(a_log_is_asked_for_once_something_changed, open_quiet,
					  close_process),
	  TEST(a_kernel_without_log_is_asked_for_one_once),
	  TEST(a_log_that_could_not_begin_is_asked_for_again),
	  TEST(what_changed_is_all_that_is_read_again),
	  TEST(ranges_touch_what_they_overlap_and_no_more), TEST(how_torn_it_was_does_not_matter),
	  TEST(what_changed_meanwhile_is_caught_up_with_as_well),
	  TEST(a_short_hold_ends_what_does_not_settle),
	  TEST(what_is_too_much_for_a_hold_is_read_without),
	  TEST(a_log_that_does_not_reach_back_costs_an_attempt),
	  TEST(more_than_there_is_room_for_is_asked_for_again),
	  TEST(a_need_that_is_met_already_is_an_error), TEST(a_name_that_is_too_long_is_no_error),
	  TEST(the_fallback_unverified_asks_for_no_log), TEST(what_never_settles_is_given_up),
	  TEST(the_same_is_asked_for_as_of_the_whole), TEST(without_names_none_are_asked_for),
	  TEST(what_ends_the_process_ends_the_read), TEST(records_that_cannot_be_are_refused))
