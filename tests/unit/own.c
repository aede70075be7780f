/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader's own process: what is read must not be changed by reading it. */
#include <string.h>

#include "allocations.h"
#include "reading.h"
#include "snapshot_call.h"
#include "unit.h"

#define OPEN_OWN_PROCESS CLOCK, OPEN_DIR, STAT(DIR_FD, "R", NO_FLAGS), OPEN_MAPS(MAPS_FD), OWN

static int open_own_process(void **state)
{
	struct mapsnap_process *process;
	int r;

	script_begin();
	script(OPEN_OWN_PROCESS);
	r = process_open_pid(&scripted_kernel, PID, &process);
	*state = process;
	return r;
}

#define FORBID MEANWHILE(allocations_forbid)
#define ALLOW  MEANWHILE(allocations_allow)

static void script_some_pages(const char *lines, size_t from, size_t to)
{
	for (size_t line = from; line < to; line += PAGE_LINES)
		script(PAGE(lines, line));
}

/* There is room for 256 mappings at first, then for twice as many; growing comes in between. */
static void reading_ones_own_process_allocates_nothing_during_a_pass(void **state)
{
	const char *lines = many_lines(800, 0x400000);
	struct mapsnap *snapshot;

	script(CALL, CLOCK, FORBID, SEQUENCE(4));
	script_some_pages(lines, 0, 200);
	script(ALLOW);
	script_some_pages(lines, 200, 300);
	script(CLOCK, FORBID, SEQUENCE(4));
	script_some_pages(lines, 0, 500);
	script(ALLOW);
	script_some_pages(lines, 500, 600);
	script(CLOCK, FORBID, SEQUENCE(4));
	script_pages(lines, 800, 4);
	script(SEQUENCE(4), ALLOW, CLOCK, RETURN);
	snapshot = read_well(*state, WATCHED());
	/* Passes that found too little room are not the target's fault: one attempt. */
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_text_and_drop(snapshot, lines);

	/* The next read knows how much there is. */
	script(CALL, CLOCK, FORBID, SEQUENCE(4));
	script_pages(lines, 800, 4);
	script(SEQUENCE(4), ALLOW, CLOCK, RETURN);
	assert_text_and_drop(read_well(*state, WATCHED()), lines);
}

/* Growing between the passes may fail, too. Opened each time: then its size is not known. */
static void open_and_read_own(void *context)
{
	const char *lines = context;
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int r;

	script_begin();
	script(OPEN_OWN_PROCESS);
	if (ran_out(process_open_pid(&scripted_kernel, PID, &process))) {
		script_drop();
		return;
	}
	script(CALL, CLOCK, SEQUENCE(4));
	script_some_pages(lines, 0, 300);
	script(CLOCK, SEQUENCE(4));
	script_some_pages(lines, 0, 600);
	script(CLOCK, SEQUENCE(4));
	script_pages(lines, 800, 4);
	script(SEQUENCE(4), CLOCK, RETURN);
	r = mapsnap_read(process, WATCHED(), &snapshot);
	if (ran_out(r)) {
		script_drop();
	} else {
		assert_int_equal(mapsnap_count(snapshot), 800);
		mapsnap_unref(snapshot);
	}
	mapsnap_close(process);
	script_end();
}

static void reading_ones_own_process_survives_any_failed_allocation(void **state)
{
	(void)state;
	assert_survives_every_failure(open_and_read_own, (void *)many_lines(800, 0x400000));
}

static void a_long_line_of_ones_own_process_is_read_in_a_pass_of_its_own(void **state)
{
	static char line[20000];
	const size_t length = sizeof(line) - 1;
	struct mapsnap *snapshot;

	memset(line, 'x', sizeof(line));
	memcpy(line, FILE_LINE, sizeof(FILE_LINE) - 2);
	line[length - 1] = '\n';
	line[length] = '\0';
	/* First the buffer of 16 KiB is full, then three times the room for names. */
	script(CALL, CLOCK, FORBID, SEQUENCE(4), PREAD(MAPS_FD, 0, line, 12000), ALLOW,
	       PREAD(MAPS_FD, 12000, line + 12000, 4384));
	for (int i = 0; i < 3; i++)
		script(CLOCK, FORBID, SEQUENCE(4), ALLOW, PREAD(MAPS_FD, 0, line, length));
	script(CLOCK, FORBID, SEQUENCE(4), PREAD(MAPS_FD, 0, line, length),
	       PREAD(MAPS_FD, length, "", 0), SEQUENCE(4), ALLOW, CLOCK, RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_text_and_drop(snapshot, line);
}

/* Nor is anything allocated while the names are taken from what one call gave. */
static void one_call_of_ones_own_process_allocates_nothing(void **state)
{
	struct records many = many_records(300, 60);
	struct mapsnap *snapshot;

	script(SEQ(2), CALL, SNAPSHOT_NEEDS(300, many.names_size), FORBID, STILL(4, &many), ALLOW,
	       CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_count(snapshot), 300);
	mapsnap_unref(snapshot);
}

/* What brings a read up to date takes memory of its own. */
static void changes_of_ones_own_process_are_not_logged(void **state)
{
	struct mapsnap *snapshot;

	script(SEQ(2), CALL, MOVED(4, 6, ONE_RECORD), PAUSE(START + US(50)), STILL(6, TWO_RECORDS),
	       CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, TWO);
}

/* Room for 64 names comes with that for 256 mappings, and 0 is none of them. */
static void names_that_find_no_room_are_read_in_a_call_of_their_own(void **state)
{
	struct records many = many_records(200, 200);
	struct mapsnap *snapshot;

	script(SEQ(2), CALL, STILL(4, &many), STILL(4, &many), FORBID, STILL(6, &many), ALLOW,
	       CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_int_equal(mapsnap_info(snapshot)->sequence, 6);
	assert_string_equal(mapsnap_at(snapshot, 199)->name, "/lib/0000000199");
	mapsnap_unref(snapshot);
}

/* What was asked for comes with room for names in step; where that is not enough, all doubles. */
static void names_that_find_no_room_in_what_was_asked_for_get_more(void **state)
{
	struct records many = many_records(300, 300);
	struct mapsnap *snapshot;

	script(SEQ(2), CALL, SNAPSHOT_NEEDS(300, many.names_size), STILL(4, &many), STILL(4, &many),
	       STILL(4, &many), CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_string_equal(mapsnap_at(snapshot, 299)->name, "/lib/0000000299");
	mapsnap_unref(snapshot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_own_process, close_process)

UNIT_MAIN("own", TEST(reading_ones_own_process_allocates_nothing_during_a_pass),
	  TEST(one_call_of_ones_own_process_allocates_nothing),
	  TEST(changes_of_ones_own_process_are_not_logged),
	  TEST(names_that_find_no_room_are_read_in_a_call_of_their_own),
	  TEST(names_that_find_no_room_in_what_was_asked_for_get_more),
	  TEST(a_long_line_of_ones_own_process_is_read_in_a_pass_of_its_own),
	  cmocka_unit_test(reading_ones_own_process_survives_any_failed_allocation))
