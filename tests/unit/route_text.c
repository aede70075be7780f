/* SPDX-License-Identifier: BSD-2-Clause */
/* The text as the kernel gives it: in pages of whole lines, sometimes in pieces. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"
#include "unit.h"

#define ALL TWO FILE_LINE GATE

static void the_text_may_come_in_pieces_of_any_size(void **state)
{
	const char *text = many_lines(30, 0x400000);
	size_t length = strlen(text);

	for (size_t size = 1; size < 100; size++) {
		script(CALL, CLOCK, SEQUENCE(4));
		for (size_t at = 0; at < length; at += size)
			script(PREAD(MAPS_FD, at, text + at,
				     size < length - at ? size : length - at));
		script(PREAD(MAPS_FD, length, "", 0), SEQUENCE(4), CLOCK, RETURN);
		assert_text_and_drop(read_well(*state, WATCHED()), text);
	}
}

/* A line longer than the buffer, which is 16 KiB: of a path deeper than PATH_MAX. */
static char *line_of_length(size_t length)
{
	static const char header[] = "00010000-00011000 r--p 00000000 08:01 17 "
				     "                                /";
	char *line = malloc(length + 1);

	assert_non_null(line);
	memset(line, 'x', length);
	memcpy(line, header, sizeof(header) - 1);
	line[length - 1] = '\n';
	line[length] = '\0';
	return line;
}

static void a_line_may_be_longer_than_the_buffer(void **state)
{
	static const size_t lengths[] = { 16383, 16384, 16385, 40000, 65536, 65537 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *line = line_of_length(lengths[i]);

		script(CALL, CLOCK, SEQUENCE(4));
		for (size_t at = 0; at < lengths[i]; at += 4096)
			script(PREAD(MAPS_FD, at, line + at,
				     lengths[i] - at < 4096 ? lengths[i] - at : 4096));
		script(PREAD(MAPS_FD, lengths[i], "", 0), SEQUENCE(4), CLOCK, RETURN);
		assert_text_and_drop(read_well(*state, WATCHED()), line);
		free(line);
	}
}

#define WRONG "00010000-00011000 rw-p 00000000 00:00 0\n"

static void a_malformed_line_is_told_by_its_number(void **state)
{
	struct mapsnap_process *process = *state;

	script(CALL, CLOCK, SEQUENCE(4), TEXT(0, ONE WRONG ONE));
	read_badly(process, WATCHED(UNVERIFIED), -EBADMSG);
	assert_non_null(strstr(mapsnap_error(process), "2"));
	script(CALL, CLOCK, TEXT(0, WRONG));
	read_badly(process, BLIND(UNVERIFIED), -EBADMSG);
	assert_non_null(strstr(mapsnap_error(process), "1"));
	/* Counted over all pages, and anew in each attempt. */
	script(CALL, SPOILT(2, TWO, 4), PAUSE(START + US(50)), CLOCK, SEQUENCE(4), TEXT(0, TWO),
	       PREAD(MAPS_FD, sizeof(TWO) - 1, WRONG, sizeof(WRONG) - 1));
	read_badly(process, WATCHED(UNVERIFIED), -EBADMSG);
	assert_non_null(strstr(mapsnap_error(process), "3"));
}

static void a_text_that_ends_within_a_line_is_malformed(void **state)
{
	script(CALL, CLOCK, SEQUENCE(4), PREAD(MAPS_FD, 0, ONE, sizeof(ONE) - 2),
	       PREAD(MAPS_FD, sizeof(ONE) - 2, "", 0));
	read_badly(*state, WATCHED(UNVERIFIED), -EBADMSG);
}

static void an_error_of_the_kernel_ends_the_read(void **state)
{
	static const int errors[] = { -EIO, -ENOMEM, -EAGAIN, -ENOBUFS, -EOPNOTSUPP, -ECANCELED };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		script(CALL, CLOCK, SEQUENCE(4), PREAD_FAILS(MAPS_FD, 0, errors[i]));
		read_badly(*state, WATCHED(UNVERIFIED), errors[i]);
		script(CALL, CLOCK, SEQUENCE(4), TEXT(0, ONE),
		       PREAD_FAILS(MAPS_FD, sizeof(ONE) - 1, errors[i]));
		read_badly(*state, WATCHED(UNVERIFIED), errors[i]);
	}
	script(CALL, CLOCK, SEQUENCE(4), PREAD_FAILS(MAPS_FD, 0, -ESRCH), HAS_ENDED);
	read_badly(*state, WATCHED(UNVERIFIED), -ESRCH);
}

static void an_error_of_the_last_pass_ends_the_read(void **state)
{
	script(CALL, SPOILT(2, ONE, 4), CLOCK, PREAD_FAILS(MAPS_FD, 0, -EIO));
	read_badly(*state, WATCHED(UNVERIFIED, .attempts = 1), -EIO);
}

struct choice {
	struct mapsnap_options options;
	const char *text;
};

static void filters_choose_lines(void **state)
{
	static const struct choice choices[] = {
		{ { .filter = MAPSNAP_WRITE }, TWO },
		{ { .filter = MAPSNAP_EXECUTE }, FILE_LINE GATE },
		{ { .filter = MAPSNAP_EXECUTE | MAPSNAP_READ }, FILE_LINE },
		{ { .filter = MAPSNAP_SHARED }, "" },
		{ { .filter = MAPSNAP_FILTER_FILE }, FILE_LINE },
		{ { .filter = MAPSNAP_FILTER_FILE | MAPSNAP_WRITE }, "" },
		{ { .filter = MAPSNAP_FILTER_NO_GATE }, TWO FILE_LINE },
		{ { .range_start = 0x10000, .range_end = 0x10001 }, ONE },
		{ { .range_start = 0x10fff, .range_end = 0x20000 }, ONE },
		{ { .range_start = 0x10fff, .range_end = 0x20001 }, TWO },
		{ { .range_start = 0x11000, .range_end = 0x20000 }, "" },
		{ { .range_start = 0x30fff, .range_end = 0xffffffffff600000 }, FILE_LINE },
		{ { .range_start = 1, .range_end = UINT64_MAX }, ALL },
	};

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct mapsnap_options options = choices[i].options;
		const struct mapsnap_info *info;
		struct mapsnap *snapshot;

		options.size = sizeof(options);
		options.sequence = &scripted_sequence;
		options.route = MAPSNAP_ROUTE_TEXT;
		script(CALL, ATTEMPT(4, ALL), RETURN);
		snapshot = read_well(*state, &options);
		info = mapsnap_info(snapshot);
		assert_int_equal(info->filter, options.filter);
		assert_int_equal(info->range_start, options.range_start);
		assert_int_equal(info->range_end, options.range_end);
		assert_text_and_drop(snapshot, choices[i].text);
	}
}

static void names_can_be_left_out(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ATTEMPT(4, ONE FILE_LINE GATE), RETURN);
	snapshot = read_well(*state, WATCHED(.omit = MAPSNAP_OMIT_NAMES));
	assert_int_equal(mapsnap_info(snapshot)->omit, MAPSNAP_OMIT_NAMES);
	assert_int_equal(mapsnap_count(snapshot), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(mapsnap_at(snapshot, i)->name, "");
		assert_string_equal(mapsnap_at(snapshot, i)->path, "");
		assert_int_equal(mapsnap_at(snapshot, i)->name_length, 0);
		assert_int_equal(mapsnap_at(snapshot, i)->flags, 0);
	}
	assert_int_equal(mapsnap_at(snapshot, 0)->kind, MAPSNAP_KIND_ANONYMOUS);
	assert_int_equal(mapsnap_at(snapshot, 1)->kind, MAPSNAP_KIND_FILE);
	assert_int_equal(mapsnap_at(snapshot, 2)->kind, MAPSNAP_KIND_ANONYMOUS);
	mapsnap_unref(snapshot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("route_text", TEST(the_text_may_come_in_pieces_of_any_size),
	  TEST(a_line_may_be_longer_than_the_buffer), TEST(a_malformed_line_is_told_by_its_number),
	  TEST(a_text_that_ends_within_a_line_is_malformed),
	  TEST(an_error_of_the_kernel_ends_the_read), TEST(an_error_of_the_last_pass_ends_the_read),
	  TEST(filters_choose_lines), TEST(names_can_be_left_out))
