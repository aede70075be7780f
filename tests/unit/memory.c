/* SPDX-License-Identifier: BSD-2-Clause */
/* Every allocation fails once: that is told, and nothing leaks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "build_id.h"
#include "mapped.h"
#include "names.h"
#include "reading.h"
#include "scripted_threads.h"
#include "snapshot_call.h"
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

static void read_by_snapshot(void *context)
{
	struct records many = many_records(MANY_MAPPINGS, MANY_NAMES);
	struct mapsnap *snapshot = context;
	int r;

	script(CALL, CLOCK, SNAPSHOT_NEEDS(MANY_MAPPINGS, 20000), CLOCK, STILL(4, &many), CLOCK,
	       CLOCK);
	r = mapsnap_read(context, BLIND(UNVERIFIED, .route = MAPSNAP_ROUTE_SNAPSHOT), &snapshot);
	take(context, r, snapshot, MANY_MAPPINGS);
}

/* So many threads, from 42 on, more than there is room for at first; some to a list. */
#define MANY_THREADS 72
#define PART         18

static struct entries part_of_threads(int first)
{
	static char names[MANY_THREADS][8];
	const char *list[PART];

	for (int i = 0; i < PART; i++) {
		char *name = names[first - 42 + i];

		sprintf(name, "%d", first + i);
		list[i] = name;
	}
	return entries_of(list, PART);
}

static void script_threads(bool fresh)
{
	static struct entries parts[MANY_THREADS / PART];

	script(OPEN_LIST);
	for (int i = 0; i < MANY_THREADS / PART; i++) {
		parts[i] = part_of_threads(42 + i * PART);
		script(LIST(parts[i]));
		for (int tid = 42 + i * PART; fresh && tid < 42 + (i + 1) * PART; tid++)
			script(SEIZE(tid));
	}
	script(LIST_END);
}

static void script_each(struct step step)
{
	for (step.fd = 42; step.fd < 42 + MANY_THREADS; step.fd++)
		script_add(&step, 1);
}

/* Where it runs out of memory the end of its thread lets go of them. */
static void read_frozen(void *context)
{
	struct mapsnap *snapshot = context;
	int r;

	script(CALL, FILE_TEXT(AT_FDCWD, "/proc/self/status", "\nNSpid:\t7\n"), CLOCK,
	       WORK_APART(START + MS(120)));
	script_threads(true);
	script(CLOCK);
	script_each((struct step)INTERRUPT(0));
	script_each((struct step)STANDS(0));
	script(CLOCK);
	script_threads(false);
	script_each((struct step)STANDS(0));
	script(INODE("/proc/self/ns/pid", 1), UNWATCHED(ONE));
	script_each((struct step)DETACH(0, 0));
	script(CLOCK, RETURN_UNVERIFIED);
	r = mapsnap_read(context, BLIND(.fallback = MAPSNAP_FALLBACK_FROZEN), &snapshot);
	take(context, r, snapshot, 1);
}

static void freezing_many_threads_survives_any_failed_allocation(void **state)
{
	assert_survives_every_failure(read_frozen, *state);
}

/* Its names grow as they are taken: those of 300 files do not all fit at first. */
static void reading_by_snapshot_survives_any_failed_allocation(void **state)
{
	struct mapsnap_process *process = *state;

	assert_survives_every_failure(read_by_snapshot, process);
}

/* Brought up to date by more than there is room for at first. */
static void read_and_catch_up(void *context)
{
	struct records many = many_records(MANY_MAPPINGS, MANY_NAMES);
	struct mapsnap *snapshot = context;
	int r;

	many.ranges = &(const struct procmap_range){ 0, UINT64_MAX };
	many.nr_ranges = 1;
	script(CALL, MOVED(4, 6, TWO_RECORDS, LOGGED),
	       SNAPSHOT_NEEDS(MANY_MAPPINGS, many.names_size), SINCE(4, 8, 8, &many), CLOCK);
	r = mapsnap_read(context, NULL, &snapshot);
	take(context, r, snapshot, MANY_MAPPINGS);
}

static void catching_up_survives_any_failed_allocation(void **state)
{
	assert_survives_every_failure(read_and_catch_up, *state);
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

	script(CLOCK, SEQUENCE(6), ATTEMPT(6, TWO), RETURN);
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

/* By what changed since, of which there is more than room at first, and names for it. */
static void refresh_by_changes(void *context)
{
	struct records many = many_records(MANY_MAPPINGS, MANY_NAMES);
	const struct renewal *renewal = context;
	struct mapsnap *fresh = (struct mapsnap *)renewal->process;
	int r;

	many.ranges = &(const struct procmap_range){ 0, UINT64_MAX };
	many.nr_ranges = 1;
	script(CLOCK, SEQ(6), SNAPSHOT_NEEDS(MANY_MAPPINGS, many.names_size), SINCE(4, 6, 6, &many),
	       CLOCK);
	r = mapsnap_refresh(renewal->process, NULL, renewal->old, &fresh);
	take(renewal->process, r, fresh, MANY_MAPPINGS);
	assert_int_equal(mapsnap_info(renewal->old)->sequence, 4);
}

static void refreshing_by_changes_survives_any_failed_allocation(void **state)
{
	struct renewal renewal = { .process = *state };

	script(CALL, STILL(4, TWO_RECORDS, LOGGED), CLOCK);
	renewal.old = read_well(*state, NULL);
	assert_survives_every_failure(refresh_by_changes, &renewal);
	assert_text_and_drop(renewal.old, TWO);
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

/* The mapping is read again, by more memory than anything else here takes. */
static void open_file(void *context)
{
	struct mapsnap *const snapshot = ((const struct renewal *)context)->old;
	struct mapsnap_process *process = ((const struct renewal *)context)->process;
	uint32_t route;
	int fd, r;

	script(OPENAT(DIR_FD, "map_files/30000-31000", FOUND_FD),
	       FILE_IS(FOUND_FD, .inode = 17, .device_major = 8, .device_minor = 1,
		       .regular = true),
	       OPENAT(AT_FDCWD, "/proc/thread-self/fd/40", OPENED_FD), AGAIN(A_SO));
	r = mapsnap_open_file(process, snapshot, mapsnap_at(snapshot, 0), &fd, &route);
	if (!ran_out(r)) {
		scripted_kernel.close(fd);
		return;
	}
	assert_string_not_equal(mapsnap_error(process), "");
	script_drop();
}

static void copy_image(void *context)
{
	struct mapsnap *const snapshot = ((const struct renewal *)context)->old;
	struct mapsnap_process *process = ((const struct renewal *)context)->process;
	struct mapsnap_build_id id = { .length = 47 };
	int r;

	script(COPIED, AGAIN(VDSO));
	r = build_id_read(NULL, process, snapshot, mapsnap_at(snapshot, 0), &id);
	assert_int_equal(id.length, 47);
	if (r != -ENODATA) /* these 8 bytes are no ELF file */
		assert_true(ran_out(r));
	script_drop();
}

static void the_build_id_of_an_image_survives_any_failed_allocation(void **state)
{
	struct renewal renewal = { .process = *state, .old = saved(VDSO_LINE) };

	script(NO_SEQ);
	assert_null(process_sequence(*state));
	assert_survives_every_failure(copy_image, &renewal);
	mapsnap_unref(renewal.old);
}

static void make_cache(void *context)
{
	struct build_id_cache *cache = build_id_cache_new(8);

	(void)context;
	assert_int_equal(!cache, allocations_failed());
	build_id_cache_free(cache);
}

static void a_cache_of_build_ids_survives_any_failed_allocation(void **state)
{
	(void)state;
	assert_survives_every_failure(make_cache, NULL);
}

static void opening_a_mapped_file_survives_any_failed_allocation(void **state)
{
	struct renewal renewal = { .process = *state, .old = saved(FILE_LINE) };

	script(NO_SEQ);
	assert_null(process_sequence(*state));
	assert_survives_every_failure(open_file, &renewal);
	mapsnap_unref(renewal.old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN_WITH("memory", make_text, NULL, cmocka_unit_test(opening_survives_any_failed_allocation),
	       TEST(reading_the_text_survives_any_failed_allocation),
	       TEST(reading_by_queries_survives_any_failed_allocation),
	       TEST(reading_by_snapshot_survives_any_failed_allocation),
	       cmocka_unit_test_setup_teardown(refreshing_by_changes_survives_any_failed_allocation,
					       open_with_log, close_process),
	       cmocka_unit_test_setup_teardown(catching_up_survives_any_failed_allocation,
					       open_with_log, close_process),
	       TEST(freezing_many_threads_survives_any_failed_allocation),
	       TEST(refreshing_survives_any_failed_allocation),
	       TEST(opening_a_mapped_file_survives_any_failed_allocation),
	       TEST(the_build_id_of_an_image_survives_any_failed_allocation),
	       cmocka_unit_test(a_cache_of_build_ids_survives_any_failed_allocation),
	       TEST(refreshing_what_has_not_moved_allocates_nothing),
	       cmocka_unit_test(a_table_of_names_survives_any_failed_allocation),
	       cmocka_unit_test(parsing_survives_any_failed_allocation))
