/* SPDX-License-Identifier: BSD-2-Clause */
/* PROCMAP_QUERY: what is asked, what is made of the answers, and when the text is read instead. */
#include <errno.h>
#include <string.h>

#include "reading.h"
#include "unit.h"

#define QUERIED .route = MAPSNAP_ROUTE_QUERY

/* The permission bits of a query are those of a mapping. */
#define READ    MAPSNAP_READ
#define WRITE   MAPSNAP_WRITE
#define EXECUTE MAPSNAP_EXECUTE
#define NEXT    PROCMAP_QUERY_COVERING_OR_NEXT_VMA
#define FILE    PROCMAP_QUERY_FILE_BACKED_VMA

/* The next mapping from an address on. */
#define FINDS(address, start, end)                                                      \
	QUERY(address, "", .query_flags = NEXT, .vma_start = (start), .vma_end = (end), \
	      .vma_flags = READ | WRITE)
#define FINDS_FILE(address, flags, start, end, name)                                          \
	QUERY(address, name, .query_flags = (flags), .vma_start = (start), .vma_end = (end),  \
	      .vma_flags = READ | EXECUTE, .vma_offset = 0x1000, .inode = 17, .dev_major = 8, \
	      .dev_minor = 1)
#define NO_MORE(address) QUERY_FAILS(address, -ENOENT)

#define QUERY_ATTEMPT(sequence, ...) \
	CLOCK, SEQUENCE(sequence), __VA_ARGS__, SEQUENCE(sequence), CLOCK

static void the_answers_give_what_the_text_gives(void **state)
{
	struct mapsnap *snapshot;

	script(CALL,
	       QUERY_ATTEMPT(4, FINDS(0, 0x10000, 0x11000), FINDS(0x11000, 0x20000, 0x21000),
			     FINDS_FILE(0x21000, NEXT, 0x30000, 0x31000, "/lib/a.so"),
			     NO_MORE(0x31000)),
	       RETURN);
	snapshot = read_well(*state, WATCHED(QUERIED));
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_QUERY);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_int_equal(mapsnap_at(snapshot, 2)->kind, MAPSNAP_KIND_FILE);
	assert_text_and_drop(snapshot, TWO FILE_LINE);
}

static void an_address_space_without_mappings_is_empty(void **state)
{
	script(CALL, QUERY_ATTEMPT(4, NO_MORE(0)), RETURN);
	assert_text_and_drop(read_well(*state, WATCHED(QUERIED)), "");
}

static void filters_are_the_kernels_to_apply(void **state)
{
	script(CALL,
	       QUERY_ATTEMPT(4, FINDS_FILE(0, NEXT | EXECUTE | READ, 0x30000, 0x31000, "/lib/a.so"),
			     QUERY_FAILS(0x31000, -ENOENT)),
	       RETURN);
	assert_text_and_drop(
		read_well(*state, WATCHED(.filter = READ | EXECUTE | MAPSNAP_FILTER_NO_GATE)),
		FILE_LINE);
	script(CALL,
	       QUERY_ATTEMPT(4, FINDS_FILE(0, NEXT | FILE, 0x30000, 0x31000, "/lib/a.so"),
			     NO_MORE(0x31000)),
	       RETURN);
	assert_text_and_drop(read_well(*state, WATCHED(.filter = MAPSNAP_FILTER_FILE)), FILE_LINE);
}

static void a_range_begins_and_ends_the_queries(void **state)
{
	script(CALL,
	       QUERY_ATTEMPT(4, FINDS(0x20800, 0x20000, 0x21000),
			     FINDS_FILE(0x21000, NEXT, 0x30000, 0x31000, "/lib/a.so")),
	       RETURN);
	assert_text_and_drop(
		read_well(*state, WATCHED(.range_start = 0x20800, .range_end = 0x31000)),
		"00020000-00021000 rw-p 00000000 00:00 0 \n" FILE_LINE);
}

static void a_range_that_ends_in_a_gap_ends_at_the_mapping_behind_it(void **state)
{
	script(CALL,
	       QUERY_ATTEMPT(4, FINDS(0x10000, 0x10000, 0x11000), FINDS(0x11000, 0x30000, 0x31000)),
	       RETURN);
	assert_text_and_drop(
		read_well(*state, WATCHED(.range_start = 0x10000, .range_end = 0x30000)), ONE);
}

static void a_name_comes_as_the_file_is_called(void **state)
{
	struct mapsnap *snapshot;

	script(CALL,
	       QUERY_ATTEMPT(4, FINDS_FILE(0, NEXT, 0x1000, 0x2000, "/a\nb"),
			     FINDS_FILE(0x2000, NEXT, 0x2000, 0x3000, "/a\\012b"),
			     FINDS_FILE(0x3000, NEXT, 0x3000, 0x4000, "/a\nb"),
			     FINDS_FILE(0x4000, NEXT, 0x4000, 0x5000, "/x (deleted)"),
			     NO_MORE(0x5000)),
	       RETURN);
	snapshot = read_well(*state, WATCHED(QUERIED));
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(mapsnap_at(snapshot, i)->name, "/a\\012b");
		assert_int_equal(mapsnap_at(snapshot, i)->flags, 0);
	}
	assert_string_equal(mapsnap_at(snapshot, 0)->path, "/a\nb");
	assert_string_equal(mapsnap_at(snapshot, 1)->path, "/a\\012b");
	assert_string_equal(mapsnap_at(snapshot, 2)->path, "/a\nb");
	assert_string_equal(mapsnap_at(snapshot, 3)->path, "/x");
	assert_int_equal(mapsnap_at(snapshot, 3)->flags, MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS);
	mapsnap_unref(snapshot);
}

static void a_name_may_be_as_long_as_a_query_can_give(void **state)
{
	static char name[4096]; /* PATH_MAX, with the NUL */
	struct mapsnap *snapshot;

	memset(name, 'x', sizeof(name) - 1);
	script(CALL, QUERY_ATTEMPT(4, FINDS_FILE(0, NEXT, 0x1000, 0x2000, name), NO_MORE(0x2000)),
	       RETURN);
	snapshot = read_well(*state, WATCHED(QUERIED));
	assert_string_equal(mapsnap_at(snapshot, 0)->name, name);
	mapsnap_unref(snapshot);
}

static void names_that_are_not_wanted_are_not_asked_for(void **state)
{
	const struct mapsnap_options *options =
		WATCHED(.omit = MAPSNAP_OMIT_NAMES, .filter = MAPSNAP_FILTER_NO_GATE);
	struct mapsnap *snapshot;

	script(CALL,
	       QUERY_ATTEMPT(4,
			     QUERY_NAMELESS(0, .query_flags = NEXT, .vma_start = 0x1000,
					    .vma_end = 0x2000, .inode = 17, .dev_major = 8),
			     QUERY_NAMELESS(0x2000, .query_flags = NEXT, .vma_start = 0x2000,
					    .vma_end = 0x3000),
			     NO_MORE(0x3000)),
	       RETURN);
	snapshot = read_well(*state, options);
	assert_string_equal(mapsnap_at(snapshot, 0)->name, "");
	assert_int_equal(mapsnap_at(snapshot, 0)->kind, MAPSNAP_KIND_FILE);
	assert_int_equal(mapsnap_at(snapshot, 1)->kind, MAPSNAP_KIND_ANONYMOUS);
	mapsnap_unref(snapshot);
}

static void an_unverified_query_still_looks_for_a_sign_of_life(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, CLOCK, FINDS(0, 0x10000, 0x11000), NO_MORE(0x11000), CLOCK, RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED, QUERIED));
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_text_and_drop(snapshot, ONE);
}

/* Where a query was tried for its speed, the text is read in the same attempt, and from then on. */
static void the_text_is_read_where_the_query_fails(void **state)
{
	static const int errors[] = { -ENOTTY, -ENAMETOOLONG, -E2BIG };
	const struct mapsnap_options *options = WATCHED(.filter = MAPSNAP_FILTER_FILE);

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct mapsnap *snapshot;

		open_process_42(state);
		script(CALL, CLOCK, SEQUENCE(4),
		       FINDS_FILE(0, NEXT | FILE, 0x1000, 0x2000, "/lib/old.so"),
		       QUERY_FAILS(0x2000, errors[i]), ATTEMPT(6, TWO FILE_LINE), RETURN);
		snapshot = read_well(*state, options);
		assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
		assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
		assert_int_equal(mapsnap_info(snapshot)->sequence, 6);
		assert_text_and_drop(snapshot, FILE_LINE);

		script(CALL, ATTEMPT(6, TWO FILE_LINE), RETURN);
		snapshot = read_well(*state, options);
		assert_text_and_drop(snapshot, FILE_LINE);
		close_process(state);
	}
}

static void the_text_may_be_found_out_to_be_needed_last_of_all(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ODD(3), CLOCK, QUERY_FAILS(0, -ENOTTY), UNWATCHED(TWO FILE_LINE),
	       RETURN_UNVERIFIED);
	snapshot = read_well(*state,
			     WATCHED(UNVERIFIED, .filter = MAPSNAP_FILTER_FILE, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	assert_text_and_drop(snapshot, FILE_LINE);
}

static void a_query_that_was_asked_for_is_not_replaced(void **state)
{
	static const int errors[] = { -ENOTTY, -ENAMETOOLONG, -E2BIG };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		script(CALL, CLOCK, SEQUENCE(4), QUERY_FAILS(0, errors[i]));
		read_badly(*state, WATCHED(QUERIED, UNVERIFIED), -EOPNOTSUPP);
		script(CALL, CLOCK, QUERY_FAILS(0, errors[i]));
		read_badly(*state, BLIND(QUERIED, UNVERIFIED), -EOPNOTSUPP);
	}
}

static void an_error_of_a_query_ends_the_read(void **state)
{
	static const int errors[] = { -EIO, -ENOMEM, -EAGAIN, -EINVAL, -EOPNOTSUPP, -ENOBUFS };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		script(CALL, CLOCK, SEQUENCE(4), FINDS(0, 0x1000, 0x2000),
		       QUERY_FAILS(0x2000, errors[i]));
		read_badly(*state, WATCHED(QUERIED, UNVERIFIED), errors[i]);
	}
	script(CALL, CLOCK, SEQUENCE(4), QUERY_FAILS(0, -ESRCH), HAS_ENDED);
	read_badly(*state, WATCHED(QUERIED, UNVERIFIED), -ESRCH);
	script(CALL, CLOCK, SEQUENCE(4), QUERY_FAILS(0, -ESRCH), OTHER_AUXV(DIR_FD));
	read_badly(*state, WATCHED(QUERIED, UNVERIFIED), -ESTALE);
}

/* Going on from its end would never come to an end. */
static void an_answer_below_the_question_is_malformed(void **state)
{
	script(CALL, CLOCK, SEQUENCE(4), FINDS(0, 0x1000, 0x2000), FINDS(0x2000, 0x1000, 0x2000));
	read_badly(*state, WATCHED(QUERIED), -EBADMSG);
	assert_non_null(strstr(mapsnap_error(*state), "2"));
}

/* It moved while the answers were collected. */
static void a_mapping_that_reaches_back_into_the_last_is_torn(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQUENCE(4), FINDS(0, 0x1000, 0x2000), FINDS(0x2000, 0x1800, 0x3000),
	       PAUSE(START + US(50)),
	       QUERY_ATTEMPT(4, FINDS(0, 0x10000, 0x11000), NO_MORE(0x11000)), RETURN);
	snapshot = read_well(*state, WATCHED(QUERIED));
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, ONE);
}

static void many_queries_look_at_the_sequence_now_and_then(void **state)
{
	static struct procmap_query found[600];
	struct mapsnap *snapshot;

	for (uint64_t i = 0; i < 600; i++)
		found[i] = (struct procmap_query){ .query_flags = NEXT,
						   .vma_start = i << 12,
						   .vma_end = (i + 1) << 12 };
	for (int change = 0; change < 2; change++) {
		script(CALL, CLOCK, SEQUENCE(4));
		for (uint64_t i = 0; i < 512; i++)
			script({ .call = CALL_QUERY,
				 .fd = MAPS_FD,
				 .at = i << 12,
				 .query = &found[i],
				 .bytes = "" });
		if (change)
			break;
		script(SEQUENCE(4));
		for (uint64_t i = 512; i < 600; i++)
			script({ .call = CALL_QUERY,
				 .fd = MAPS_FD,
				 .at = i << 12,
				 .query = &found[i],
				 .bytes = "" });
		script(NO_MORE(UINT64_C(600) << 12), SEQUENCE(4), CLOCK, RETURN);
		snapshot = read_well(*state, WATCHED(QUERIED));
		assert_int_equal(mapsnap_count(snapshot), 600);
		mapsnap_unref(snapshot);
	}
	script(SEQUENCE(6), PAUSE(START + US(50)), QUERY_ATTEMPT(6, NO_MORE(0)), RETURN);
	snapshot = read_well(*state, WATCHED(QUERIED));
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	mapsnap_unref(snapshot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)

UNIT_MAIN("route_query", TEST(the_answers_give_what_the_text_gives),
	  TEST(an_address_space_without_mappings_is_empty), TEST(filters_are_the_kernels_to_apply),
	  TEST(a_range_begins_and_ends_the_queries),
	  TEST(a_range_that_ends_in_a_gap_ends_at_the_mapping_behind_it),
	  TEST(a_name_comes_as_the_file_is_called), TEST(a_name_may_be_as_long_as_a_query_can_give),
	  TEST(names_that_are_not_wanted_are_not_asked_for),
	  TEST(an_unverified_query_still_looks_for_a_sign_of_life),
	  cmocka_unit_test(the_text_is_read_where_the_query_fails),
	  TEST(the_text_may_be_found_out_to_be_needed_last_of_all),
	  TEST(a_query_that_was_asked_for_is_not_replaced), TEST(an_error_of_a_query_ends_the_read),
	  TEST(an_answer_below_the_question_is_malformed),
	  TEST(a_mapping_that_reaches_back_into_the_last_is_torn),
	  TEST(many_queries_look_at_the_sequence_now_and_then))
