/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists that never held, told by lines that overlap or run backwards. */
#include <errno.h>
#include <string.h>

#include "reading.h"
#include "unit.h"

#define LINE(start, end) start "-" end " rw-p 00000000 00:00 0 \n"

static void a_torn_list_is_read_again_without_a_source(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED_TORN(TORN), PAUSE(START + US(50)), UNWATCHED(TWO),
	       RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, TWO);
}

static void a_list_torn_at_every_attempt_is_given_and_says_so(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED_TORN(TORN), PAUSE(START + US(50)), UNWATCHED_TORN(TORN),
	       UNWATCHED(TORN), RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED, .attempts = 2));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_TORN);
	assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_NONE);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	/* In the order of the text, and still searched. */
	assert_int_equal(mapsnap_at(snapshot, 1)->start, 0x10000);
	assert_ptr_equal(mapsnap_find(snapshot, 0x10000), mapsnap_at(snapshot, 1));
	assert_text_and_drop(snapshot, TORN);
}

static void a_last_pass_that_is_not_torn_does_not_say_so(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED_TORN(TORN), UNWATCHED(TWO), RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_text_and_drop(snapshot, TWO);
}

/* A source that sees no change there is wrong; the list is torn all the same. */
static void a_torn_list_is_never_verified(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQUENCE(4), TEXT(0, TORN), PAUSE(START + US(50)), ATTEMPT(4, TWO),
	       RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, TWO);
	script(CALL, CLOCK, SEQUENCE(4), TEXT(0, TORN));
	read_badly(*state, WATCHED(.attempts = 1), -EAGAIN);
}

static void torn_says_more_than_changed(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SPOILT(2, ONE, 4), UNWATCHED(TORN), RETURN_UNVERIFIED);
	snapshot = read_well(*state, WATCHED(UNVERIFIED, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_TORN);
	assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_BPF);
	assert_text_and_drop(snapshot, TORN);
}

/* Between two read(2) as well as within one, also where the caller wants neither of the lines. */
static void overlaps_of_every_sort_are_seen(void **state)
{
	static const char *const pairs[][2] = {
		{ LINE("00010000", "00020000"), LINE("00010000", "00020000") },
		{ LINE("00010000", "00020000"), LINE("0001f000", "00021000") },
		{ LINE("00010000", "00020000"), LINE("00012000", "00013000") },
		{ LINE("00010000", "00020000"), LINE("00008000", "00030000") },
		{ LINE("00010000", "00020000"), LINE("00008000", "00009000") },
		{ LINE("00010000", "00020000"), LINE("0001ffff", "00020000") },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *a = pairs[i][0], *b = pairs[i][1];
		size_t length = strlen(a);

		script(CALL, CLOCK, PREAD(MAPS_FD, 0, a, length),
		       PREAD(MAPS_FD, length, b, strlen(b)), CLOCK, UNWATCHED(ONE),
		       RETURN_UNVERIFIED);
		assert_text_and_drop(read_well(*state, BLIND(UNVERIFIED, .deadline_ns = 1)), ONE);
		script(CALL, CLOCK, PREAD(MAPS_FD, 0, a, length),
		       PREAD(MAPS_FD, length, b, strlen(b)), CLOCK, UNWATCHED(ONE),
		       RETURN_UNVERIFIED);
		assert_text_and_drop(read_well(*state, BLIND(UNVERIFIED, .deadline_ns = 1,
							     .filter = MAPSNAP_EXECUTE,
							     .route = MAPSNAP_ROUTE_TEXT)),
				     "");
	}
}

static void neighbours_do_not_overlap(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED(LINE("00010000", "00020000") LINE("00020000", "00020001")),
	       RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	mapsnap_unref(snapshot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("torn", TEST(a_torn_list_is_read_again_without_a_source),
	  TEST(a_list_torn_at_every_attempt_is_given_and_says_so),
	  TEST(a_last_pass_that_is_not_torn_does_not_say_so), TEST(a_torn_list_is_never_verified),
	  TEST(torn_says_more_than_changed), TEST(overlaps_of_every_sort_are_seen),
	  TEST(neighbours_do_not_overlap))
