/* SPDX-License-Identifier: BSD-2-Clause */
/* PROCMAP_SNAPSHOT: what is asked, what is made of the answer, and when it is not taken. */
#include <errno.h>
#include <string.h>

#include "route.h"
#include "snapshot_call.h"
#include "unit.h"

#define BY_SNAPSHOT .route = MAPSNAP_ROUTE_SNAPSHOT
#define FILE        0x20 /* PROCMAP_QUERY_FILE_BACKED_VMA */

/* An attempt is one call, and nothing but it is asked: neither for users nor for exec. */
#define READ_BY(...) CALL, __VA_ARGS__, CLOCK

static void one_call_gives_what_the_text_gives_and_its_proof(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(READ_BY(STILL(4, FILE_RECORDS)));
	snapshot = read_well(*state, NULL);
	info = mapsnap_info(snapshot);
	assert_int_equal(info->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(info->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_UNCHANGED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
	assert_int_equal(info->attempts, 1);
	assert_int_equal(info->sequence, 4);
	assert_int_equal(mapsnap_at(snapshot, 2)->kind, MAPSNAP_KIND_FILE);
	assert_text_and_drop(snapshot, TWO FILE_LINE);
}

static void the_gate_is_the_last_of_it(void **state)
{
	script(READ_BY(STILL(4, GATED_RECORDS)));
	assert_text_and_drop(read_well(*state, NULL), GATED);
	script(READ_BY(STILL(4, GATED_RECORDS)));
	assert_text_and_drop(read_well(*state, OPTIONS(.filter = MAPSNAP_FILTER_NO_GATE)), ONE);
}

static void an_address_space_without_mappings_is_empty(void **state)
{
	script(READ_BY(STILL(4, (&(const struct records){ .names = "" }))));
	assert_text_and_drop(read_well(*state, NULL), "");
}

static void filters_and_ranges_are_the_kernels_to_apply(void **state)
{
	script(READ_BY(STILL(4, RECORDS("/lib/a.so\0", RECORD_FILE), .vma_flags = READ | EXECUTE)));
	assert_text_and_drop(read_well(*state, OPTIONS(.filter = READ | EXECUTE)), FILE_LINE);
	script(READ_BY(STILL(4, RECORDS("/lib/a.so\0", RECORD_FILE),
			     .vma_flags = FILE | MAPSNAP_SHARED | WRITE)));
	mapsnap_unref(read_well(*state, OPTIONS(.filter = MAPSNAP_FILTER_FILE | MAPSNAP_SHARED |
							  WRITE | MAPSNAP_FILTER_NO_GATE)));
	script(READ_BY(STILL(4, RECORDS("", RECORD_2), .start = 0x20800, .end = 0x20801)));
	assert_text_and_drop(
		read_well(*state, OPTIONS(.range_start = 0x20800, .range_end = 0x20801)),
		"00020000-00021000 rw-p 00000000 00:00 0 \n");
}

/* No mapping can have the very last byte. */
static void the_greatest_range_ends_where_a_range_can(void **state)
{
	script(READ_BY(STILL(4, ONE_RECORD, .start = 1, .end = UINT64_MAX)));
	assert_text_and_drop(read_well(*state, OPTIONS(.range_start = 1, .range_end = UINT64_MAX)),
			     ONE);
	script(READ_BY(STILL(4, RECORDS("[vsyscall]\0", RECORD_GATE), .start = UINT64_MAX - 1,
			     .end = UINT64_MAX)));
	assert_text_and_drop(
		read_well(*state, OPTIONS(.range_start = UINT64_MAX - 1, .range_end = UINT64_MAX)),
		"");
}

static void names_that_are_not_wanted_are_not_asked_for(void **state)
{
	struct mapsnap *snapshot;

	/* The scripted kernel gives none where it is given no room for them. */
	script(READ_BY(STILL(4, FILE_RECORDS)));
	snapshot = read_well(*state, OPTIONS(.omit = MAPSNAP_OMIT_NAMES));
	assert_string_equal(mapsnap_at(snapshot, 2)->name, "");
	assert_int_equal(mapsnap_at(snapshot, 2)->kind, MAPSNAP_KIND_FILE);
	assert_int_equal(mapsnap_at(snapshot, 1)->kind, MAPSNAP_KIND_ANONYMOUS);
	mapsnap_unref(snapshot);
}

/* What a later kernel may tell besides is none. */
static void all_four_permissions_are_told(void **state)
{
	static const uint32_t flags[] = { READ, WRITE, EXECUTE, MAPSNAP_SHARED, UINT32_MAX };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct mapsnap *snapshot;

		script(READ_BY(STILL(
			4, RECORDS("", { .start = 0x1000, .end = 0x2000, .flags = flags[i] }))));
		snapshot = read_well(*state, NULL);
		assert_int_equal(mapsnap_at(snapshot, 0)->permissions, flags[i] & 15);
		mapsnap_unref(snapshot);
	}
}

static void a_name_comes_as_the_file_is_called(void **state)
{
	struct mapsnap *snapshot;

	script(READ_BY(STILL(
		4, RECORDS("/a\nb\0/a\\012b\0/x (deleted)\0", FILE_RECORD(0x1000, 0x2000, 0, 5),
			   FILE_RECORD(0x2000, 0x3000, 5, 8), FILE_RECORD(0x3000, 0x4000, 13, 13),
			   FILE_RECORD(0x4000, 0x5000, 0, 5)))));
	snapshot = read_well(*state, NULL);
	assert_string_equal(mapsnap_at(snapshot, 0)->name, "/a\\012b");
	assert_string_equal(mapsnap_at(snapshot, 0)->path, "/a\nb");
	assert_string_equal(mapsnap_at(snapshot, 1)->name, "/a\\012b");
	assert_string_equal(mapsnap_at(snapshot, 1)->path, "/a\\012b");
	assert_int_equal(mapsnap_at(snapshot, 0)->flags | mapsnap_at(snapshot, 1)->flags, 0);
	assert_string_equal(mapsnap_at(snapshot, 2)->path, "/x");
	assert_int_equal(mapsnap_at(snapshot, 2)->flags, MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS);
	assert_string_equal(mapsnap_at(snapshot, 3)->path, "/a\nb");
	mapsnap_unref(snapshot);
}

/* Told by where it stands: neighbours, with others between them, or far apart. */
static void records_that_share_a_name_have_it(void **state)
{
	static const char *const names[] = {
		"/\\012 (deleted)", "/\\012 (deleted)", "", "/\\012 (deleted)", "/y",
		"/\\012 (deleted)"
	};
	struct mapsnap *snapshot;

	script(READ_BY(STILL(
		4, RECORDS("/\n (deleted)\0/y\0", FILE_RECORD(0x1000, 0x2000, 0, 13),
			   FILE_RECORD(0x2000, 0x3000, 0, 13), ANONYMOUS_RECORD(0x3000, 0x4000),
			   FILE_RECORD(0x4000, 0x5000, 0, 13), FILE_RECORD(0x5000, 0x6000, 13, 3),
			   FILE_RECORD(0x6000, 0x7000, 0, 13)))));
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_count(snapshot), 6);
	for (size_t i = 0; i < 6; i++) {
		bool deleted = strlen(names[i]) > 2;

		assert_string_equal(mapsnap_at(snapshot, i)->name, names[i]);
		assert_int_equal(mapsnap_at(snapshot, i)->name_length, strlen(names[i]));
		assert_string_equal(mapsnap_at(snapshot, i)->path, deleted ? "/\n" : names[i]);
		assert_int_equal(!!(mapsnap_at(snapshot, i)->flags & MAPSNAP_DELETED), deleted);
		assert_int_equal(mapsnap_at(snapshot, i)->kind,
				 *names[i] ? MAPSNAP_KIND_FILE : MAPSNAP_KIND_ANONYMOUS);
		assert_ptr_equal(mapsnap_at(snapshot, i)->name,
				 deleted ? mapsnap_at(snapshot, 0)->name
					 : mapsnap_at(snapshot, i)->name);
	}
	mapsnap_unref(snapshot);
}

/* The name of one that was left out by us, not by the kernel, is no mapping's yet. */
static void a_name_shared_with_the_gate_is_looked_at_again(void **state)
{
	struct mapsnap *snapshot;

	script(READ_BY(STILL(4, RECORDS("[vsyscall]\0", RECORD_GATE,
					{ .start = 0xffffffffff602000,
					  .end = 0xffffffffff603000,
					  .name_size = 11 }))));
	snapshot = read_well(*state, OPTIONS(.filter = MAPSNAP_FILTER_NO_GATE));
	assert_int_equal(mapsnap_count(snapshot), 1);
	assert_string_equal(mapsnap_at(snapshot, 0)->name, "[vsyscall]");
	mapsnap_unref(snapshot);
	script(READ_BY(STILL(4, RECORDS("[vsyscall]\0",
					{ .start = 0x1000, .end = 0x2000, .name_size = 11 },
					RECORD_GATE))));
	snapshot = read_well(*state, OPTIONS(.filter = MAPSNAP_FILTER_NO_GATE));
	assert_int_equal(mapsnap_count(snapshot), 1);
	mapsnap_unref(snapshot);
}

static void an_answer_that_spans_a_change_is_read_again(void **state)
{
	static const uint64_t later[] = { 6, 2, 5, 4 + ((uint64_t)1 << 32) };

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		struct mapsnap *snapshot;

		script(CALL, MOVED(4, later[i], ONE_RECORD), PAUSE(script_now() + US(50)),
		       STILL(6, TWO_RECORDS), CLOCK);
		snapshot = read_well(*state, NULL);
		assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
		assert_int_equal(mapsnap_info(snapshot)->sequence, 6);
		assert_text_and_drop(snapshot, TWO);
	}
}

/* No kernel says so; it would be no proof. */
static void an_odd_sequence_proves_nothing(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, STILL(5, ONE_RECORD), PAUSE(START + US(50)), STILL(6, TWO_RECORDS), CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, TWO);
}

static void records_that_overlap_are_torn_whatever_the_sequence(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, STILL(4, RECORDS("", RECORD_2, RECORD_1)), PAUSE(START + US(50)),
	       STILL(4, ONE_RECORD), CLOCK);
	assert_text_and_drop(read_well(*state, NULL), ONE);
	script(CALL, STILL(4, RECORDS("", RECORD_2, RECORD_1)), CLOCK,
	       STILL(4, RECORDS("", RECORD_2, RECORD_1)), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(UNVERIFIED, .attempts = 1));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_TORN);
	mapsnap_unref(snapshot);
}

static void a_kernel_that_found_no_quiet_moment_is_asked_again(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SNAPSHOT_FAILS(-EAGAIN), PAUSE(START + US(50)), STILL(6, ONE_RECORD), CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_text_and_drop(snapshot, ONE);
	script(CALL, SNAPSHOT_FAILS(-EAGAIN), PAUSE(START + US(100)), MOVED(6, 8, ONE_RECORD));
	read_badly(*state, OPTIONS(.attempts = 2), -EAGAIN);
}

static void the_fallback_unverified_takes_what_moved(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, ONE_RECORD), CLOCK, MOVED(6, 8, TWO_RECORDS), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(UNVERIFIED, .attempts = 1));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_CHANGED);
	assert_int_equal(info->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
	assert_int_equal(info->attempts, 1);
	assert_int_equal(info->sequence, 0);
	assert_text_and_drop(snapshot, TWO);
}

/* In the pass that watches nothing, which would otherwise have it so. */
static void what_did_not_move_at_last_is_still_no_more_than_it_says(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, 6, ONE_RECORD), CLOCK, STILL(6, TWO_RECORDS), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(UNVERIFIED, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_CHANGED);
	mapsnap_unref(snapshot);
}

/* The text can always be read; and the next time the call is tried again. */
static void where_the_kernel_gives_nothing_at_all_the_fallback_is_the_text(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SNAPSHOT_FAILS(-EAGAIN), CLOCK, SNAPSHOT_FAILS(-EAGAIN), UNWATCHED(TWO),
	       RETURN_UNVERIFIED);
	snapshot = read_well(*state, OPTIONS(UNVERIFIED, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_text_and_drop(snapshot, TWO);
	script(READ_BY(STILL(4, ONE_RECORD)));
	assert_text_and_drop(read_well(*state, OPTIONS(UNVERIFIED)), ONE);
	/* Not where only this will do. */
	script(CALL, SNAPSHOT_FAILS(-EAGAIN), CLOCK, SNAPSHOT_FAILS(-EAGAIN));
	read_badly(*state, OPTIONS(UNVERIFIED, BY_SNAPSHOT, .attempts = 1), -EAGAIN);
	assert_non_null(strstr(mapsnap_error(*state), "use the text"));
}

static const int no_such_call[] = { -ENOTTY, -EPERM, -EACCES, -ENOSYS, -EINVAL };

/* In the same attempt, and from then on. A name that is too long stays, as a rule. */
static void the_text_is_read_where_the_call_is_not_there_or_cannot(void **state)
{
	for (size_t i = 0; i <= 5; i++) {
		int error = i < 5 ? no_such_call[i] : -ENAMETOOLONG;
		struct mapsnap *snapshot;

		open_with_sequence(state);
		script(CALL, SNAPSHOT_FAILS(error), CLOCK, SEQ(6), WHOLE_TEXT(TWO FILE_LINE),
		       SEQ(6), CLOCK, CLOCK);
		snapshot = read_well(*state, NULL);
		assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
		assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
		assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
		assert_int_equal(mapsnap_info(snapshot)->sequence, 6);
		assert_text_and_drop(snapshot, TWO FILE_LINE);

		script(CALL, CLOCK, SEQ(6), WHOLE_TEXT(TWO), SEQ(6), CLOCK, CLOCK);
		assert_text_and_drop(read_well(*state, NULL), TWO);
		close_process(state);
	}
}

static void the_query_may_be_found_out_not_to_do_either(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SNAPSHOT_FAILS(-ENOTTY), CLOCK, SEQ(6), QUERY_FAILS(0, -ENOTTY), CLOCK, SEQ(6),
	       WHOLE_TEXT(TWO FILE_LINE), SEQ(6), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(.filter = MAPSNAP_FILTER_FILE));
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	assert_text_and_drop(snapshot, FILE_LINE);
}

static void a_snapshot_that_was_asked_for_is_not_replaced(void **state)
{
	for (size_t i = 0; i <= 5; i++) {
		script(CALL, SNAPSHOT_FAILS(i < 5 ? no_such_call[i] : -ENAMETOOLONG));
		read_badly(*state, OPTIONS(BY_SNAPSHOT, UNVERIFIED), -EOPNOTSUPP);
		assert_non_null(strstr(mapsnap_error(*state), "PROCMAP_SNAPSHOT"));
	}
}

static void any_other_error_ends_the_read(void **state)
{
	static const int errors[] = { -EIO, -ENOMEM, -EFAULT, -E2BIG, -EINTR, -EOPNOTSUPP };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		script(CALL, SNAPSHOT_FAILS(errors[i]));
		read_badly(*state, OPTIONS(UNVERIFIED), errors[i]);
		script(CALL, MOVED(4, 6, ONE_RECORD), PAUSE(script_now() + US(50)),
		       SNAPSHOT_FAILS(errors[i]));
		read_badly(*state, OPTIONS(UNVERIFIED), errors[i]);
	}
}

static void exit_and_exec_are_told_by_the_call_itself(void **state)
{
	script(CALL, SNAPSHOT_FAILS(-ESRCH), HAS_ENDED);
	read_badly(*state, NULL, -ESRCH);
	script(CALL, SNAPSHOT_FAILS(-ESRCH), OTHER_AUXV(DIR_FD));
	read_badly(*state, NULL, -ESTALE);
	script(CALL, SNAPSHOT_FAILS(-ESTALE));
	read_badly(*state, NULL, -ESTALE);
	script(CALL, MOVED(4, 6, ONE_RECORD), CLOCK, SNAPSHOT_FAILS(-ESTALE));
	read_badly(*state, OPTIONS(UNVERIFIED, .attempts = 1), -ESTALE);
}

static void assert_many(struct mapsnap *snapshot, const struct records *many)
{

	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_int_equal(mapsnap_count(snapshot), many->count);
	for (size_t i = 0; i < many->count; i++) {
		const struct procmap_record *r = &many->list[i];

		assert_int_equal(mapsnap_at(snapshot, i)->start, r->start);
		assert_int_equal(mapsnap_at(snapshot, i)->end, r->end);
		assert_int_equal(mapsnap_at(snapshot, i)->permissions, r->flags);
		assert_string_equal(mapsnap_at(snapshot, i)->name,
				    r->name_size ? many->names + r->name_offset : "");
	}
	mapsnap_unref(snapshot);
}

/* 256 mappings and 16 KiB of names fit at first. More is no fault of the target: one attempt. */
static void as_much_as_fits_at_first_takes_one_call(void **state)
{
	struct records many = many_records(256, 256);

	script(READ_BY(STILL(4, &many)));
	assert_many(read_well(*state, NULL), &many);
}

static void records_that_do_not_fit_get_their_room(void **state)
{
	struct records many = many_records(257, 0);

	script(READ_BY(SNAPSHOT_NEEDS(257, 0), STILL(4, &many)));
	assert_many(read_well(*state, NULL), &many);
}

static void names_that_do_not_fit_get_their_room(void **state)
{
	struct records few = many_records(200, 200), many;

	script(READ_BY(SNAPSHOT_NEEDS(200, 16385), STILL(4, &few)));
	assert_many(read_well(*state, NULL), &few);
	many = many_records(1025, 1025);
	script(READ_BY(SNAPSHOT_NEEDS(1025, many.names_size), STILL(4, &many)));
	assert_many(read_well(*state, NULL), &many);
}

/* It knows by the last one, and leaves room for a sixteenth more. */
static void the_next_read_asks_with_room_enough(void **state)
{
	struct records many = many_records(34000, 34000);
	struct mapsnap *snapshot;

	script(READ_BY(SNAPSHOT_NEEDS(32000, 16 * 32000), STILL(4, &many)));
	assert_many(read_well(*state, NULL), &many);
	many = many_records(36000, 36000);
	script(READ_BY(STILL(4, &many)));
	assert_many(read_well(*state, NULL), &many);
	/* Less is no more than it is. */
	script(READ_BY(STILL(4, ONE_RECORD)));
	snapshot = read_well(*state, NULL);
	assert_text_and_drop(snapshot, ONE);
}

static void growth_between_two_calls_of_an_attempt_is_room_for_once_more(void **state)
{
	struct records many = many_records(5000, 10);

	script(READ_BY(SNAPSHOT_NEEDS(1000, 160), SNAPSHOT_NEEDS(2000, 160),
		       SNAPSHOT_NEEDS(5000, 40000), STILL(4, &many)));
	assert_many(read_well(*state, NULL), &many);
}

static void growth_and_shrinking_between_attempts_are_read_whole(void **state)
{
	struct records many = many_records(5000, 10);
	struct mapsnap *snapshot;

	script(CALL, MOVED(2, 4, ONE_RECORD), PAUSE(START + US(50)),
	       SNAPSHOT_NEEDS(many.count, many.names_size), MOVED(4, 6, &many),
	       PAUSE(START + US(150)), STILL(6, FILE_RECORDS), CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 3);
	assert_text_and_drop(snapshot, TWO FILE_LINE);
}

/* Asking again for the same would have no end. */
static void a_need_that_is_met_already_is_an_error(void **state)
{
	script(CALL, SNAPSHOT_NEEDS(256, 16384));
	read_badly(*state, NULL, -ENOBUFS);
	script(CALL, SNAPSHOT_NEEDS(256, 16385), SNAPSHOT_NEEDS(256, 16384));
	read_badly(*state, NULL, -ENOBUFS);
}

static void a_record_that_the_kernel_does_not_write_is_malformed(void **state)
{
	const struct procmap_record bad[] = {
		{ .start = 0x20000, .end = 0x20000 },
		{ .start = 0x20000, .end = 0x10000 },
		FILE_RECORD(0x20000, 0x21000, 0, 11),
		FILE_RECORD(0x20000, 0x21000, 1, 10),
		FILE_RECORD(0x20000, 0x21000, UINT64_MAX, 2),
		FILE_RECORD(0x20000, 0x21000, 0, UINT32_MAX),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		script(CALL, STILL(4, RECORDS("/lib/a.so\0", RECORD_1, bad[i])));
		read_badly(*state, NULL, -EBADMSG);
		assert_non_null(strstr(mapsnap_error(*state), "2"));
	}
}

/* Another source is asked before and after, as by any route, and both have to agree. */
static void with_the_callers_source_it_is_taken_only_when_asked_for(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, ATTEMPT(4, ONE), RETURN);
	snapshot = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	mapsnap_unref(snapshot);
	script(CALL, CLOCK, SEQUENCE(4), STILL(80, TWO_RECORDS), SEQUENCE(4), CLOCK, CLOCK);
	snapshot = read_well(*state, WATCHED(BY_SNAPSHOT));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_BPF);
	assert_int_equal(info->sequence, 4);
	assert_text_and_drop(snapshot, TWO);
}

static void neither_source_verifies_without_the_other(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQUENCE(4), STILL(80, ONE_RECORD), SEQUENCE(6), PAUSE(START + US(50)),
	       CLOCK, SEQUENCE(6), MOVED(80, 82, ONE_RECORD), PAUSE(START + US(150)), CLOCK,
	       SEQUENCE(6), STILL(82, TWO_RECORDS), SEQUENCE(6), CLOCK, CLOCK);
	snapshot = read_well(*state, WATCHED(BY_SNAPSHOT));
	assert_int_equal(mapsnap_info(snapshot)->attempts, 3);
	assert_text_and_drop(snapshot, TWO);
}

static void a_source_that_was_refused_leaves_it_unverified(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED(ONE), RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	mapsnap_unref(snapshot);
	script(CALL, CLOCK, STILL(4, TWO_RECORDS), CLOCK, CLOCK);
	snapshot = read_well(*state, BLIND(UNVERIFIED, BY_SNAPSHOT));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_int_equal(info->source, MAPSNAP_SOURCE_NONE);
	assert_int_equal(info->sequence, 0);
	assert_text_and_drop(snapshot, TWO);
}

/* As PROCMAP_SEQ says it. */
static void what_it_proved_one_look_at_the_sequence_renews(void **state)
{
	struct mapsnap *old, *fresh = NULL;

	script(READ_BY(STILL(4, ONE_RECORD)));
	old = read_well(*state, NULL);
	script(CLOCK, SEQ(4), CLOCK);
	assert_int_equal(mapsnap_refresh(*state, NULL, old, &fresh), 0);
	script_played();
	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
	script(CLOCK, SEQ(6), STILL(6, TWO_RECORDS), CLOCK);
	assert_int_equal(mapsnap_refresh(*state, NULL, old, &fresh), 0);
	mapsnap_unref(old);
	assert_text_and_drop(fresh, TWO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_sequence, close_process)

UNIT_MAIN("route_snapshot", TEST(one_call_gives_what_the_text_gives_and_its_proof),
	  TEST(the_gate_is_the_last_of_it), TEST(an_address_space_without_mappings_is_empty),
	  TEST(filters_and_ranges_are_the_kernels_to_apply),
	  TEST(the_greatest_range_ends_where_a_range_can),
	  TEST(names_that_are_not_wanted_are_not_asked_for), TEST(all_four_permissions_are_told),
	  TEST(a_name_comes_as_the_file_is_called), TEST(records_that_share_a_name_have_it),
	  TEST(a_name_shared_with_the_gate_is_looked_at_again),
	  TEST(an_answer_that_spans_a_change_is_read_again), TEST(an_odd_sequence_proves_nothing),
	  TEST(records_that_overlap_are_torn_whatever_the_sequence),
	  TEST(a_kernel_that_found_no_quiet_moment_is_asked_again),
	  TEST(the_fallback_unverified_takes_what_moved),
	  TEST(what_did_not_move_at_last_is_still_no_more_than_it_says),
	  TEST(where_the_kernel_gives_nothing_at_all_the_fallback_is_the_text),
	  cmocka_unit_test(the_text_is_read_where_the_call_is_not_there_or_cannot),
	  TEST(the_query_may_be_found_out_not_to_do_either),
	  TEST(a_snapshot_that_was_asked_for_is_not_replaced), TEST(any_other_error_ends_the_read),
	  TEST(exit_and_exec_are_told_by_the_call_itself),
	  TEST(as_much_as_fits_at_first_takes_one_call),
	  TEST(records_that_do_not_fit_get_their_room), TEST(names_that_do_not_fit_get_their_room),
	  TEST(the_next_read_asks_with_room_enough),
	  TEST(growth_between_two_calls_of_an_attempt_is_room_for_once_more),
	  TEST(growth_and_shrinking_between_attempts_are_read_whole),
	  TEST(a_need_that_is_met_already_is_an_error),
	  TEST(a_record_that_the_kernel_does_not_write_is_malformed),
	  TEST(with_the_callers_source_it_is_taken_only_when_asked_for),
	  TEST(neither_source_verifies_without_the_other),
	  TEST(a_source_that_was_refused_leaves_it_unverified),
	  TEST(what_it_proved_one_look_at_the_sequence_renews))
