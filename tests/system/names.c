/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of names, on a process that has every form of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "asserts.h"
#include "started.h"

static struct started subject;

static int start_subject(void **state)
{
	static const char *const options[] = { "--names", NULL };

	(void)state;
	return started_target(&subject, options) ? 0 : -1;
}

static int end_subject(void **state)
{
	(void)state;
	started_end(&subject);
	return 0;
}

/* The end of a path in the target's directory; NULL for what is elsewhere. */
static const char *own_name(const char *path)
{
	const char *directory = strstr(path, "/mapsnap-names.");

	return directory ? strchr(directory + 1, '/') + 1 : NULL;
}

/* The one whose name in the text ends so. */
static const struct mapsnap_mapping *must_find(const struct mapsnap *snapshot, const char *name)
{

	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		const char *its = own_name(mapsnap_at(snapshot, i)->name);

		if (its && strcmp(its, name) == 0)
			return mapsnap_at(snapshot, i);
	}
	fail_msg("there is no mapping of %s", name);
	return NULL;
}

struct name {
	const char *name; /* as the text prints it */
	const char *path; /* of these, as the library tells it */
	uint8_t flags;
};

static void assert_names(const struct mapsnap *snapshot, const struct name *names)
{
	for (; names->name; names++) {
		const struct mapsnap_mapping *m = must_find(snapshot, names->name);

		assert_string_equal(own_name(m->path), names->path);
		assert_int_equal(m->flags, names->flags);
		assert_int_equal(m->kind, MAPSNAP_KIND_FILE);
	}
}

static void by_the_text_a_newline_and_a_deletion_are_guesses(void **state)
{
	static const struct name names[] = {
		{ "with space", "with space", 0 },
		{ "trailing ", "trailing ", 0 },
		{ "back\\slash", "back\\slash", 0 },
		{ "\377\376", "\377\376", 0 },
		{ "new\\012line", "new\nline", MAPSNAP_PATH_AMBIGUOUS },
		{ "literal\\012newline", "literal\nnewline", MAPSNAP_PATH_AMBIGUOUS },
		{ "literal (deleted)", "literal", MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS },
		{ "gone (deleted)", "gone", MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS },
		{ "gone (deleted) (deleted)", "gone (deleted)",
		  MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS },
		{ "(deleted)", "(deleted)", 0 },
		{ NULL, NULL, 0 },
	};
	struct mapsnap *snapshot = must_read_pid(subject.pid, NULL);

	(void)state;
	assert_names(snapshot, names);
	mapsnap_unref(snapshot);
}

static struct mapsnap *read_one(struct mapsnap_process *process, const struct mapsnap_mapping *m,
				uint32_t route)
{
	struct mapsnap_options options = unverified_by(route);
	struct mapsnap *snapshot;

	options.range_start = m->start;
	options.range_end = m->end;
	snapshot = must_read(process, &options);
	assert_int_equal(mapsnap_count(snapshot), 1);
	return snapshot;
}

/* As the kernel has them, before they become text. */
static void assert_raw_names(uint32_t route)
{
	static const struct name names[] = {
		{ "with space", "with space", 0 },
		{ "new\\012line", "new\nline", 0 },
		{ "literal\\012newline", "literal\\012newline", 0 },
		{ "\\012", "\n", 0 },
		{ "literal (deleted)", "literal", MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS },
		{ "gone\\012newline (deleted)", "gone\nnewline",
		  MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS },
		{ NULL, NULL, 0 },
	};
	struct mapsnap *whole = must_read_pid(subject.pid, NULL);
	struct mapsnap_process *process = must_open(subject.pid);

	for (const struct name *name = names; name->name; name++) {
		struct name only[] = { *name, { NULL, NULL, 0 } };
		struct mapsnap *snapshot = read_one(process, must_find(whole, name->name), route);

		assert_names(snapshot, only);
		mapsnap_unref(snapshot);
	}
	mapsnap_close(process);
	mapsnap_unref(whole);
}

static void by_query_a_newline_is_known_and_a_deletion_is_a_guess(void **state)
{
	(void)state;
	if (!has_route(MAPSNAP_ROUTE_QUERY))
		skip_because("PROCMAP_QUERY needs Linux 6.11");
	assert_raw_names(MAPSNAP_ROUTE_QUERY);
}

static void by_one_call_a_newline_is_known_and_a_deletion_is_a_guess(void **state)
{
	(void)state;
	need_snapshot();
	assert_raw_names(MAPSNAP_ROUTE_SNAPSHOT);
}

/* What is said without a doubt is so: that file is there. */
static void a_path_without_doubt_leads_to_the_file(void **state)
{
	struct mapsnap *snapshot = must_read_pid(subject.pid, NULL);
	unsigned int paths = 0;

	(void)state;
	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		struct stat stat_of_it;

		if (!own_name(mapsnap_at(snapshot, i)->path) || mapsnap_at(snapshot, i)->flags ||
		    strlen(mapsnap_at(snapshot, i)->path) >= 4096)
			continue;
		assert_int_equal(stat(mapsnap_at(snapshot, i)->path, &stat_of_it), 0);
		assert_int_equal(stat_of_it.st_ino, mapsnap_at(snapshot, i)->inode);
		paths++;
	}
	assert_true(paths > 15);
	mapsnap_unref(snapshot);
}

static size_t longest_name(const struct mapsnap *snapshot)
{
	size_t longest = 0;

	for (size_t i = 0; i < mapsnap_count(snapshot); i++)
		if (mapsnap_at(snapshot, i)->name_length > longest)
			longest = mapsnap_at(snapshot, i)->name_length;
	return longest;
}

static void a_path_deeper_than_any_other_route_can_give_is_read_by_the_text(void **state)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_AUTO);
	struct mapsnap_process *process;
	struct mapsnap *snapshot;

	(void)state;
	assert_int_equal(mapsnap_open_pid(subject.pid, &process), 0);
	options.filter = MAPSNAP_FILTER_FILE;
	snapshot = must_read(process, &options);
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_TEXT);
	assert_int_equal(longest_name(snapshot), 9000);
	mapsnap_unref(snapshot);
	for (uint32_t route = MAPSNAP_ROUTE_QUERY; route <= MAPSNAP_ROUTE_SNAPSHOT; route++) {
		options.route = route;
		assert_int_equal(mapsnap_read(process, &options, &snapshot), -EOPNOTSUPP);
		assert_true(strlen(mapsnap_error(process)) > 10);
	}
	mapsnap_close(process);
}

static unsigned int count_kind(const struct mapsnap *snapshot, unsigned int kind)
{
	unsigned int n = 0;

	for (size_t i = 0; i < mapsnap_count(snapshot); i++)
		n += mapsnap_at(snapshot, i)->kind == kind;
	return n;
}

static void every_kind_that_this_kernel_has_is_told(void **state)
{
	struct mapsnap *snapshot = must_read_pid(subject.pid, NULL);

	(void)state;
	assert_int_equal(count_kind(snapshot, MAPSNAP_KIND_HEAP), 1);
	assert_int_equal(count_kind(snapshot, MAPSNAP_KIND_STACK), 1);
	assert_int_equal(count_kind(snapshot, MAPSNAP_KIND_VDSO), 1);
	assert_true(count_kind(snapshot, MAPSNAP_KIND_VVAR) >= 1);
	assert_true(count_kind(snapshot, MAPSNAP_KIND_MEMFD) >= 12);
	assert_true(count_kind(snapshot, MAPSNAP_KIND_SYSV) == 2);
	assert_true(count_kind(snapshot, MAPSNAP_KIND_SHARED_ANONYMOUS) >= 2);
	assert_true(count_kind(snapshot, MAPSNAP_KIND_ANONYMOUS) >= 8);
	assert_true(count_kind(snapshot, MAPSNAP_KIND_FILE) >= 40);
	mapsnap_unref(snapshot);
}

static void all_16_permissions_are_told(void **state)
{
	struct mapsnap *snapshot = must_read_pid(subject.pid, NULL);
	unsigned int seen = 0;

	(void)state;
	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		assert_true(mapsnap_at(snapshot, i)->permissions < 16);
		seen |= 1u << mapsnap_at(snapshot, i)->permissions;
	}
	assert_int_equal(seen, 0xffff);
	mapsnap_unref(snapshot);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(by_the_text_a_newline_and_a_deletion_are_guesses),
		tidy_test(by_query_a_newline_is_known_and_a_deletion_is_a_guess),
		tidy_test(by_one_call_a_newline_is_known_and_a_deletion_is_a_guess),
		tidy_test(a_path_without_doubt_leads_to_the_file),
		tidy_test(a_path_deeper_than_any_other_route_can_give_is_read_by_the_text),
		tidy_test(every_kind_that_this_kernel_has_is_told),
		tidy_test(all_16_permissions_are_told),
	};

	return run_suite(tests, start_subject, end_subject);
}
