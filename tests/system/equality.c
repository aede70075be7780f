/* SPDX-License-Identifier: BSD-2-Clause */
/* The library against cat, by identity. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "asserts.h"
#include "subjects.h"

static void check_text(pid_t pid)
{
	struct mapsnap *snapshot = must_read_pid(pid, NULL);

	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	assert_as_cat(snapshot, pid);
	mapsnap_unref(snapshot);
}

static void written_back_from_its_fields_a_snapshot_is_what_cat_shows(void **state)
{
	(void)state;
	for_each_subject(check_text);
}

static void check_auto(pid_t pid)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_AUTO);
	struct mapsnap *snapshot = must_read_pid(pid, &options);

	assert_as_cat(snapshot, pid);
	mapsnap_unref(snapshot);
}

static void the_route_that_is_chosen_for_everything_shows_everything(void **state)
{
	(void)state;
	for_each_subject(check_auto);
}

/*
 * Each of them stands still, so what was read once is what is read later. The one
 * with a name too long for anything but the text is for the tests of names and
 * ranges.
 */
static void check_snapshot(pid_t pid)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_SNAPSHOT);
	struct mapsnap *snapshot, *text;

	if (pid == subject_with_names())
		return;
	snapshot = must_read_pid(pid, &options);
	text = must_read_pid(pid, NULL);
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_SNAPSHOT);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_as_cat(snapshot, pid);
	assert_same_mappings(snapshot, text);
	mapsnap_unref(snapshot);
	mapsnap_unref(text);
}

static void one_call_shows_what_cat_shows(void **state)
{
	(void)state;
	need_snapshot();
	for_each_subject(check_snapshot);
}

/* The path and its doubts included, which the text does not know. */
static void check_snapshot_and_query(pid_t pid)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_SNAPSHOT);
	struct mapsnap *snapshot, *query;

	if (pid == subject_with_names())
		return;
	options.filter = MAPSNAP_FILTER_NO_GATE;
	snapshot = must_read_pid(pid, &options);
	options.route = MAPSNAP_ROUTE_QUERY;
	query = must_read_pid(pid, &options);
	assert_same_mappings(snapshot, query);
	for (size_t i = 0; i < mapsnap_count(query); i++) {
		const struct mapsnap_mapping *a = mapsnap_at(snapshot, i);
		const struct mapsnap_mapping *b = mapsnap_at(query, i);

		assert_string_equal(a->path, b->path);
		assert_int_equal(a->flags, b->flags);
	}
	mapsnap_unref(snapshot);
	mapsnap_unref(query);
}

static void one_call_gives_what_a_query_for_each_gives(void **state)
{
	(void)state;
	need_snapshot();
	for_each_subject(check_snapshot_and_query);
}

static void check_locked(pid_t pid)
{
	const struct mapsnap_sequence none = { .size = sizeof(none) };
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_AUTO);
	struct mapsnap *snapshot;

	if (pid == subject_with_names())
		return;
	options.sequence = &none;
	options.fallback = MAPSNAP_FALLBACK_LOCKED;
	snapshot = must_read_pid(pid, &options);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_LOCKED);
	assert_as_cat(snapshot, pid);
	mapsnap_unref(snapshot);
}

static void under_the_lock_it_is_what_cat_shows(void **state)
{
	(void)state;
	need_snapshot();
	for_each_subject(check_locked);
	check_locked(getpid());
}

static void a_kernel_that_cannot_read_under_the_lock_says_so(void **state)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_AUTO);
	struct mapsnap_process *process;
	struct mapsnap *snapshot;

	(void)state;
	if (has_route(MAPSNAP_ROUTE_SNAPSHOT))
		skip_because("this kernel has PROCMAP_SNAPSHOT");
	process = must_open(getpid());
	options.fallback = MAPSNAP_FALLBACK_LOCKED;
	assert_int_equal(mapsnap_read(process, &options, &snapshot), -EOPNOTSUPP);
	assert_true(strlen(mapsnap_error(process)) > 10);
	mapsnap_close(process);
}

static void check_parse(pid_t pid)
{
	struct mapsnap *read = must_read_pid(pid, NULL), *parsed = parsed_from_cat(pid);

	assert_same_mappings(read, parsed);
	assert_no_difference(read, parsed);
	assert_no_difference(parsed, read);
	assert_int_equal(mapsnap_info(parsed)->reason, MAPSNAP_REASON_SAVED);
	mapsnap_unref(read);
	mapsnap_unref(parsed);
}

static void saved_text_gives_the_mappings_that_a_read_gives(void **state)
{
	(void)state;
	for_each_subject(check_parse);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(written_back_from_its_fields_a_snapshot_is_what_cat_shows),
		tidy_test(the_route_that_is_chosen_for_everything_shows_everything),
		tidy_test(one_call_shows_what_cat_shows),
		tidy_test(one_call_gives_what_a_query_for_each_gives),
		tidy_test(under_the_lock_it_is_what_cat_shows),
		tidy_test(a_kernel_that_cannot_read_under_the_lock_says_so),
		tidy_test(saved_text_gives_the_mappings_that_a_read_gives),
	};

	return run_suite(tests, subjects_start, subjects_end);
}
