/* SPDX-License-Identifier: BSD-2-Clause */
/* The library against cat, by identity. */
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
		tidy_test(saved_text_gives_the_mappings_that_a_read_gives),
	};

	return run_suite(tests, subjects_start, subjects_end);
}
