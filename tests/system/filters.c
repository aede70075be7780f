/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is read with filters and ranges, by each route, against what is left of
 * the whole text by hand.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "asserts.h"
#include "subjects.h"
#include "uapi/procmap_query.h"

static bool has_query(void)
{
	struct procmap_query query = { .size = sizeof(query),
				       .query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA };
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	int r = ioctl(fd, PROCMAP_QUERY, &query);

	close(fd);
	return r == 0;
}

#define need_query()                                                    \
	do {                                                            \
		if (!has_query())                                       \
			skip_because("PROCMAP_QUERY needs Linux 6.11"); \
	} while (0)

/* By the definition in mapsnap.h. */
static bool is_wanted(const struct mapsnap_options *options, const struct mapsnap_mapping *m)
{
	uint32_t permissions = options->filter & 15;
	bool gate = strcmp(m->name, "[vsyscall]") == 0;

	if ((m->permissions & permissions) != permissions)
		return false;
	if (options->filter & MAPSNAP_FILTER_FILE && m->device_major == 0 && m->device_minor == 0 &&
	    m->inode == 0)
		return false;
	if (gate &&
	    (options->filter & MAPSNAP_FILTER_NO_GATE || options->route == MAPSNAP_ROUTE_QUERY))
		return false;
	return options->range_end == 0 ||
	       (m->start < options->range_end && m->end > options->range_start);
}

static void assert_nameless(const struct mapsnap_mapping *got, const struct mapsnap_mapping *full)
{
	struct mapsnap_mapping bare = *full;

	bare.name = bare.path = "";
	bare.name_length = 0;
	bare.flags = 0;
	bare.kind = full->inode || full->device_major || full->device_minor
			    ? MAPSNAP_KIND_FILE
			    : MAPSNAP_KIND_ANONYMOUS;
	assert_same_mapping(got, &bare);
}

/* What is read with these options is what they leave of the whole text. */
static void assert_leaves(pid_t pid, const struct mapsnap *whole,
			  const struct mapsnap_options *options)
{
	struct mapsnap *read = must_read_pid(pid, options);
	size_t n = 0;

	for (size_t i = 0; i < mapsnap_count(whole); i++) {
		if (!is_wanted(options, mapsnap_at(whole, i)))
			continue;
		assert_true(n < mapsnap_count(read));
		if (options->omit & MAPSNAP_OMIT_NAMES)
			assert_nameless(mapsnap_at(read, n), mapsnap_at(whole, i));
		else
			assert_same_mapping(mapsnap_at(read, n), mapsnap_at(whole, i));
		n++;
	}
	assert_int_equal(n, mapsnap_count(read));
	mapsnap_unref(read);
}

static const uint32_t filters[] = {
	0,
	MAPSNAP_READ,
	MAPSNAP_WRITE,
	MAPSNAP_EXECUTE,
	MAPSNAP_SHARED,
	MAPSNAP_FILTER_FILE,
	MAPSNAP_FILTER_NO_GATE,
	MAPSNAP_EXECUTE | MAPSNAP_FILTER_FILE,
	MAPSNAP_WRITE | MAPSNAP_SHARED,
	MAPSNAP_READ | MAPSNAP_WRITE | MAPSNAP_EXECUTE | MAPSNAP_SHARED | MAPSNAP_FILTER_FILE |
		MAPSNAP_FILTER_NO_GATE,
};

/* Of names longer than PATH_MAX. */
static bool cannot_give_long_names(uint32_t route)
{
	return route == MAPSNAP_ROUTE_QUERY || route == MAPSNAP_ROUTE_SNAPSHOT;
}

static void check_filters(pid_t pid, uint32_t route)
{
	struct mapsnap *whole = parsed_from_cat(pid);

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct mapsnap_options options = unverified_by(route);

		options.filter = filters[i];
		options.omit = MAPSNAP_OMIT_NAMES;
		assert_leaves(pid, whole, &options);
		/* A name longer than the route can give is a test of its own. */
		options.omit = 0;
		if (!cannot_give_long_names(route) || pid != subject_with_names())
			assert_leaves(pid, whole, &options);
	}
	mapsnap_unref(whole);
}

static void check_filters_of_text(pid_t pid)
{
	check_filters(pid, MAPSNAP_ROUTE_TEXT);
}

static void check_filters_of_auto(pid_t pid)
{
	check_filters(pid, MAPSNAP_ROUTE_AUTO);
}

static void check_filters_of_query(pid_t pid)
{
	check_filters(pid, MAPSNAP_ROUTE_QUERY);
}

static void check_filters_of_snapshot(pid_t pid)
{
	check_filters(pid, MAPSNAP_ROUTE_SNAPSHOT);
}

static void filters_of_the_text_leave_what_is_left_by_hand(void **state)
{
	(void)state;
	for_each_subject(check_filters_of_text);
}

static void filters_of_the_chosen_route_leave_what_is_left_by_hand(void **state)
{
	(void)state;
	for_each_subject(check_filters_of_auto);
}

static void filters_in_the_kernel_leave_what_is_left_by_hand(void **state)
{
	(void)state;
	need_query();
	for_each_subject(check_filters_of_query);
}

static void filters_of_one_call_leave_what_is_left_by_hand(void **state)
{
	(void)state;
	need_snapshot();
	for_each_subject(check_filters_of_snapshot);
}

/* Its middle half, where it has one. */
static void set_range(struct mapsnap_options *options, const struct mapsnap_mapping *m)
{
	uint64_t quarter = (m->end - m->start) / 4;

	options->range_start = m->start + quarter;
	options->range_end = m->end - quarter;
}

static void check_ranges(pid_t pid, uint32_t route)
{
	struct mapsnap *whole = parsed_from_cat(pid);
	size_t n = mapsnap_count(whole);

	for (size_t i = 0; i < n; i++) {
		struct mapsnap_options options = unverified_by(route);

		if (strlen(mapsnap_at(whole, i)->name) >= 4096 && cannot_give_long_names(route))
			continue;
		set_range(&options, mapsnap_at(whole, i));
		assert_leaves(pid, whole, &options);
	}
	mapsnap_unref(whole);
}

/* At the edges: what ends where the range begins is not in it. */
static void check_range_edges(pid_t pid, uint32_t route)
{
	struct mapsnap *whole = parsed_from_cat(pid);
	size_t n = mapsnap_count(whole);
	struct mapsnap_options options = unverified_by(route);

	options.omit = MAPSNAP_OMIT_NAMES;
	for (size_t i = 1; i + 1 < n; i++) {
		options.range_start = mapsnap_at(whole, i)->start;
		options.range_end = mapsnap_at(whole, i)->end;
		assert_leaves(pid, whole, &options);
		options.range_start = mapsnap_at(whole, i)->start - 1;
		options.range_end = mapsnap_at(whole, i)->end + 1;
		assert_leaves(pid, whole, &options);
	}
	options.range_start = mapsnap_at(whole, n / 2)->end - 1;
	options.range_end = UINT64_MAX;
	assert_leaves(pid, whole, &options);
	mapsnap_unref(whole);
}

static void check_ranges_of_text(pid_t pid)
{
	check_ranges(pid, MAPSNAP_ROUTE_TEXT);
	check_range_edges(pid, MAPSNAP_ROUTE_TEXT);
}

static void check_ranges_of_query(pid_t pid)
{
	check_ranges(pid, MAPSNAP_ROUTE_QUERY);
	check_range_edges(pid, MAPSNAP_ROUTE_QUERY);
}

static void check_ranges_of_snapshot(pid_t pid)
{
	check_ranges(pid, MAPSNAP_ROUTE_SNAPSHOT);
	check_range_edges(pid, MAPSNAP_ROUTE_SNAPSHOT);
}

static void a_range_of_the_text_is_what_overlaps_it(void **state)
{
	(void)state;
	for_each_subject(check_ranges_of_text);
}

static void a_range_by_query_is_what_overlaps_it(void **state)
{
	(void)state;
	need_query();
	for_each_subject(check_ranges_of_query);
}

static void a_range_by_one_call_is_what_overlaps_it(void **state)
{
	(void)state;
	need_snapshot();
	for_each_subject(check_ranges_of_snapshot);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(filters_of_the_text_leave_what_is_left_by_hand),
		tidy_test(filters_of_the_chosen_route_leave_what_is_left_by_hand),
		tidy_test(filters_in_the_kernel_leave_what_is_left_by_hand),
		tidy_test(filters_of_one_call_leave_what_is_left_by_hand),
		tidy_test(a_range_of_the_text_is_what_overlaps_it),
		tidy_test(a_range_by_query_is_what_overlaps_it),
		tidy_test(a_range_by_one_call_is_what_overlaps_it),
	};

	return run_suite(tests, subjects_start, subjects_end);
}
