/* SPDX-License-Identifier: BSD-2-Clause */
/* Every allocation fails once; nothing leaks; and where none may be made, none is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "names.h"
#include "reading.h"
#include "text.h"
#include "unit.h"

/* Text that makes everything grow: mappings, names, their bytes, and the buffer for a line. */
#define MANY_MAPPINGS 900
#define MANY_NAMES    300
#define LONG_LINE     40000

static char text[MANY_MAPPINGS * 128 + LONG_LINE];
static size_t text_length;

static int make_text(void **state)
{
	static char long_name[LONG_LINE];

	(void)state;
	for (uint64_t i = 0; i < MANY_MAPPINGS; i++) {
		char name[32];
		struct mapsnap_mapping m = {
			.start = 0x400000 + (i << 12),
			.end = 0x401000 + (i << 12),
			.inode = i,
			.name = name,
		};

		m.name_length = (uint32_t)sprintf(name, "/lib/%d\\012", (int)(i % MANY_NAMES));
		if (i == MANY_MAPPINGS / 2) {
			memset(long_name, 'x', LONG_LINE - 100);
			m.name = long_name;
			m.name_length = LONG_LINE - 100;
		}
		text_length += text_line(text + text_length, &m);
	}
	return 0;
}

/* Whole lines up to a page, or a page of a longer one. */
static size_t piece_at(size_t at)
{
	size_t piece = 0;

	for (;;) {
		const char *line = text + at + piece;
		const char *newline = memchr(line, '\n', text_length - at - piece);
		size_t length = newline ? (size_t)(newline + 1 - line) : 0;

		if (length == 0 || piece + length > 4096)
			return piece || length == 0 ? piece : 4096;
		piece += length;
	}
}

static void script_text(void)
{
	for (size_t at = 0, piece; at < text_length; at += piece) {
		piece = piece_at(at);
		script(PREAD(MAPS_FD, at, text + at, piece));
	}
	script(PREAD(MAPS_FD, text_length, "", 0));
}

/*
 * Calls once for each allocation that can fail, and once without a failure: as
 * long as the call says whether it failed.
 */
static void assert_survives_every_failure(void (*attempt)(void *context), void *context)
{
	size_t n = 0;

	do {
		size_t blocks = allocations_blocks(), bytes = allocations_bytes();

		allocations_fail_at(++n);
		attempt(context);
		assert_int_equal(allocations_blocks(), blocks);
		assert_int_equal(allocations_bytes(), bytes);
	} while (allocations_failed());
	assert_true(n > 1);
}

/* Giving memory back may fail without harm: then the call succeeds. */
static bool ran_out(int r)
{
	bool out = r == -ENOMEM;

	if (out)
		assert_true(allocations_failed());
	else
		assert_int_equal(r, 0);
	return out;
}

static void open_by_pid(void *context)
{
	struct mapsnap_process *process = context;

	script_begin();
	script(OPEN_PROCESS);
	if (ran_out(process_open_pid(&scripted_kernel, PID, &process))) {
		assert_ptr_equal(process, context);
		script_drop();
	} else {
		mapsnap_close(process);
	}
	script_end();
}

static void open_by_pidfd(void *context)
{
	struct mapsnap_process *process = context;

	script_begin();
	script_gives(CALLERS_FD);
	script(FDINFO("5", "42"), OPEN_PROCESS, FDINFO("5", "42"));
	if (ran_out(process_open_pidfd(&scripted_kernel, CALLERS_FD, &process))) {
		assert_ptr_equal(process, context);
		script_drop();
	} else {
		mapsnap_close(process);
	}
	script_end();
}

static void open_by_maps_file(void *context)
{
	struct mapsnap_process *process = context;

	script_begin();
	script_gives(CALLERS_FD);
	script(OPEN_FD(ONE));
	if (ran_out(process_open_fd(&scripted_kernel, CALLERS_FD, &process))) {
		assert_ptr_equal(process, context);
		script_drop();
	} else {
		mapsnap_close(process);
	}
	script_end();
}

static void opening_survives_any_failed_allocation(void **state)
{
	(void)state;
	assert_survives_every_failure(open_by_pid, NULL);
	assert_survives_every_failure(open_by_pidfd, NULL);
	assert_survives_every_failure(open_by_maps_file, NULL);
}

/* Takes what a read returned: a snapshot of so many mappings, or none for want of memory. */
static void take(struct mapsnap_process *process, int r, struct mapsnap *snapshot, size_t count)
{
	if (ran_out(r)) {
		assert_ptr_equal(snapshot, process);
		assert_string_not_equal(mapsnap_error(process), "");
		script_drop();
	} else {
		script_played();
		assert_int_equal(mapsnap_count(snapshot), count);
		mapsnap_unref(snapshot);
	}
}

static void read_text(void *context)
{
	struct mapsnap *snapshot = context;
	int r;

	script(CALL, CLOCK);
	script_text();
	script(CLOCK, RETURN_UNVERIFIED);
	r = mapsnap_read(context, BLIND(UNVERIFIED), &snapshot);
	take(context, r, snapshot, MANY_MAPPINGS);
}

static void reading_the_text_survives_any_failed_allocation(void **state)
{
	assert_survives_every_failure(read_text, *state);
}

static void read_by_queries(void *context)
{
	static struct procmap_query found[MANY_MAPPINGS];
	static char names[MANY_MAPPINGS][16];
	struct mapsnap *snapshot = context;
	int r;

	script(CALL, CLOCK);
	for (uint64_t i = 0; i < MANY_MAPPINGS; i++) {
		struct step step = QUERY_FAILS(i << 12, 0);

		found[i].query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA;
		found[i].vma_start = i << 12;
		found[i].vma_end = (i + 1) << 12;
		step.length = (size_t)sprintf(names[i], "/lib/\n%d", (int)(i % MANY_NAMES));
		step.bytes = names[i];
		step.query = &found[i];
		script_add(&step, 1);
	}
	script(QUERY_FAILS((uint64_t)MANY_MAPPINGS << 12, -ENOENT), CLOCK, RETURN_UNVERIFIED);
	r = mapsnap_read(context, BLIND(UNVERIFIED, .route = MAPSNAP_ROUTE_QUERY), &snapshot);
	take(context, r, snapshot, MANY_MAPPINGS);
}

static void reading_by_queries_survives_any_failed_allocation(void **state)
{
	assert_survives_every_failure(read_by_queries, *state);
}

struct renewal {
	struct mapsnap_process *process;
	struct mapsnap *old;
};

static void refresh(void *context)
{
	const struct renewal *renewal = context;
	struct mapsnap *fresh = (struct mapsnap *)renewal->process;
	int r;

	script(CLOCK, SEQUENCE(6), CALL, ATTEMPT(6, TWO), RETURN);
	r = mapsnap_refresh(renewal->process, WATCHED(), renewal->old, &fresh);
	take(renewal->process, r, fresh, 2);
	assert_int_equal(mapsnap_info(renewal->old)->sequence, 4);
}

static void refreshing_survives_any_failed_allocation(void **state)
{
	struct renewal renewal = { .process = *state };

	script(CALL, ATTEMPT(4, ONE), RETURN);
	renewal.old = read_well(*state, WATCHED());
	assert_survives_every_failure(refresh, &renewal);
	assert_text_and_drop(renewal.old, ONE);
}

static void refresh_unmoved(void *context)
{
	const struct renewal *renewal = context;
	struct mapsnap *fresh = NULL;

	script(CLOCK, SEQUENCE(4), CLOCK, SAME_PROGRAM);
	allocations_forbid();
	assert_int_equal(mapsnap_refresh(renewal->process, WATCHED(), renewal->old, &fresh), 0);
	allocations_allow();
	assert_ptr_equal(fresh, renewal->old);
	mapsnap_unref(fresh);
}

static void refreshing_what_has_not_moved_allocates_nothing(void **state)
{
	struct renewal renewal = { .process = *state };

	script(CALL, ATTEMPT(4, ONE), RETURN);
	renewal.old = read_well(*state, WATCHED());
	refresh_unmoved(&renewal);
	mapsnap_unref(renewal.old);
}

static void parse(void *context)
{
	struct mapsnap *snapshot = context;
	size_t line = 4711;
	int r = mapsnap_parse(text, text_length, &snapshot, &line);

	assert_int_equal(line, 4711);
	if (ran_out(r)) {
		assert_ptr_equal(snapshot, context);
		return;
	}
	assert_int_equal(mapsnap_count(snapshot), MANY_MAPPINGS);
	mapsnap_unref(snapshot);
}

static void parsing_survives_any_failed_allocation(void **state)
{
	(void)state;
	assert_survives_every_failure(parse, NULL);
}

static void make_names(void *context)
{
	struct names names;

	(void)context;
	if (!ran_out(names_init(&names, 64)))
		names_free(&names);
}

static void a_table_of_names_survives_any_failed_allocation(void **state)
{
	(void)state;
	assert_survives_every_failure(make_names, NULL);
}

/* What is read must not be changed by reading it. */

#define OPEN_OWN_PROCESS \
	CLOCK, OPEN_DIR, STAT(DIR_FD, "R", NO_FLAGS), OPEN_MAPS(MAPS_FD), OWN(MAPS_FD)

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

/* Growing between the passes may fail, too. Opened each time, so that nothing is known of its size.
 */
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
	snapshot = (struct mapsnap *)process;
	r = mapsnap_read(process, WATCHED(), &snapshot);
	take(process, r, snapshot, 800);
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

static void lookups_and_comparisons_allocate_nothing(void **state)
{
	struct mapsnap *a = text_parsed(text, text_length), *b = text_parsed(ONE, sizeof(ONE) - 1);
	const uint64_t addresses[] = { 0, 0x400000, 0x10000 };
	const struct mapsnap_mapping *found[3];
	struct mapsnap_diff diff = { .before = a, .after = b };
	struct mapsnap_change change;
	char line[128];

	(void)state;
	allocations_forbid();
	assert_non_null(mapsnap_find(a, 0x400000));
	assert_int_equal(mapsnap_find_many(a, addresses, 3, found), 1);
	assert_int_equal(mapsnap_diff_next(&diff, &change), 1);
	mapsnap_format(change.after, line, sizeof(line));
	assert_ptr_equal(mapsnap_ref(a), a);
	allocations_allow();
	mapsnap_unref(a);
	mapsnap_unref(a);
	mapsnap_unref(b);
}

/* As malloc gives memory, a block may be a little larger than asked for; large ones by pages. */
#define BLOCK_WASTE 4096

static void a_mapping_takes_64_bytes_besides_its_name_and_the_index(void **state)
{
	static const size_t counts[] = { 1, 255, 256, 257, 5000, 60000 };
	struct random random = { 0x64 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t length, before, names = 0;
		char *made_up = text_made_up(&random, counts[i], &length);
		const struct mapsnap_mapping *m;
		struct mapsnap *snapshot;

		before = allocations_bytes();
		snapshot = text_parsed(made_up, length);
		m = mapsnap_mappings(snapshot, NULL);
		for (size_t j = 0; j < counts[i]; j++)
			names = m[j].name_length > names ? m[j].name_length : names;
		/* 5 sorts of 900 names, each with a path of its own. */
		names = 2 * (names + 1) * (counts[i] < 4500 ? counts[i] : 4500);
		assert_true(allocations_bytes() - before <=
			    counts[i] * (64 + 8) + names + 3 * BLOCK_WASTE);
		mapsnap_unref(snapshot);
		free(made_up);
	}
}

static void names_take_their_own_length_once(void **state)
{
	static const char line[] = "00030000-00031000 r-xp 00001000 08:01 17 "
				   "                                /lib/a.so\n";
	char *lines = malloc(10000 * sizeof(line));
	struct mapsnap *snapshot;
	size_t before;

	(void)state;
	for (size_t i = 0; i < 10000; i++)
		memcpy(lines + i * (sizeof(line) - 1), line, sizeof(line) - 1);
	before = allocations_bytes();
	snapshot = text_parsed(lines, 10000 * (sizeof(line) - 1));
	assert_true(allocations_bytes() - before <= 10000 * (64 + 8) + 3 * BLOCK_WASTE);
	mapsnap_unref(snapshot);
	free(lines);
}

#define TEST(name)     cmocka_unit_test_setup_teardown(name, open_process_42, close_process)
#define OWN_TEST(name) cmocka_unit_test_setup_teardown(name, open_own_process, close_process)

UNIT_MAIN_WITH("memory", make_text, NULL, cmocka_unit_test(opening_survives_any_failed_allocation),
	       TEST(reading_the_text_survives_any_failed_allocation),
	       TEST(reading_by_queries_survives_any_failed_allocation),
	       TEST(refreshing_survives_any_failed_allocation),
	       TEST(refreshing_what_has_not_moved_allocates_nothing),
	       cmocka_unit_test(a_table_of_names_survives_any_failed_allocation),
	       cmocka_unit_test(parsing_survives_any_failed_allocation),
	       OWN_TEST(reading_ones_own_process_allocates_nothing_during_a_pass),
	       cmocka_unit_test(reading_ones_own_process_survives_any_failed_allocation),
	       OWN_TEST(a_long_line_of_ones_own_process_is_read_in_a_pass_of_its_own),
	       cmocka_unit_test(lookups_and_comparisons_allocate_nothing),
	       cmocka_unit_test(a_mapping_takes_64_bytes_besides_its_name_and_the_index),
	       cmocka_unit_test(names_take_their_own_length_once))
