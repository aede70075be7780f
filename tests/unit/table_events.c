/* SPDX-License-Identifier: BSD-2-Clause */
/* The last events of a table, for several listeners. */
#include "events.h"

#include "unit.h"

static struct events events;

static int begin(void **state)
{
	(void)state;
	return events_init(&events, 4);
}

static int end(void **state)
{
	(void)state;
	events_free(&events);
	return 0;
}

static void happen(int from, int to)
{
	for (int pid = from; pid <= to; pid++) {
		struct mapsnap_event event = { .pid = pid, .type = MAPSNAP_EVENT_CHANGED };

		events_add(&events, &event);
	}
}

/* The pids that come next, and only they. */
static void expect(uint64_t *cursor, int from, int to)
{
	struct mapsnap_event read[16];

	assert_int_equal(events_read(&events, cursor, read, 16), to - from + 1);
	for (int i = 0; i <= to - from; i++)
		assert_int_equal(read[i].pid, from + i);
}

static void each_listener_gets_each_event_once_in_order(void **state)
{
	uint64_t one = 0, other = 0;

	(void)state;
	happen(1, 3);
	expect(&one, 1, 3);
	expect(&one, 1, 0);
	happen(4, 4);
	expect(&one, 4, 4);
	expect(&other, 1, 4);
}

static void no_more_than_asked_for_are_given(void **state)
{
	struct mapsnap_event read[2];
	uint64_t cursor = 0;

	(void)state;
	happen(1, 3);
	assert_int_equal(events_read(&events, &cursor, read, 0), 0);
	assert_int_equal(events_read(&events, &cursor, read, 2), 2);
	assert_int_equal(read[1].pid, 2);
	expect(&cursor, 3, 3);
}

static void who_comes_too_late_is_told_how_many_are_lost(void **state)
{
	struct mapsnap_event read[16];
	uint64_t cursor = 0;

	(void)state;
	happen(1, 2);
	expect(&cursor, 1, 2);
	happen(3, 11);
	assert_int_equal(events_read(&events, &cursor, read, 0), 0);
	assert_int_equal(events_read(&events, &cursor, read, 16), 5);
	assert_int_equal(read[0].type, MAPSNAP_EVENT_LOST);
	assert_int_equal(read[0].revision, 5);
	for (int i = 1; i < 5; i++)
		assert_int_equal(read[i].pid, 7 + i);
	expect(&cursor, 1, 0);
}

static void each_type_has_a_name_and_no_other(void **state)
{
	(void)state;
	for (uint32_t type = MAPSNAP_EVENT_ADDED; type <= MAPSNAP_EVENT_LOST; type++)
		assert_string_not_equal(mapsnap_event_name(type), "unknown");
	assert_string_equal(mapsnap_event_name(0), "unknown");
	assert_string_equal(mapsnap_event_name(MAPSNAP_EVENT_LOST + 1), "unknown");
	assert_string_equal(mapsnap_event_name(UINT32_MAX), "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("table_events", TEST(each_listener_gets_each_event_once_in_order),
	  TEST(no_more_than_asked_for_are_given),
	  TEST(who_comes_too_late_is_told_how_many_are_lost),
	  TEST(each_type_has_a_name_and_no_other))
