/* SPDX-License-Identifier: BSD-2-Clause */
/* How the file of a mapping is found and opened, and how the mapping is checked afterwards. */
#include "mapped.h"

#include <errno.h>
#include <stdio.h>

#include "unit.h"

/* The kernel's link to the mapped file; it is refused, or leads nowhere. */
#define LINK           "map_files/30000-31000"
#define BY_LINK        OPENAT(DIR_FD, LINK, FOUND_FD)
#define LINK_SAYS(e)   OPENAT(DIR_FD, LINK, e)
#define OPEN_FOUND(fd) OPENAT(AT_FDCWD, "/proc/thread-self/fd/40", fd)

/* By the path, below the root of the process. */
#define ROOT_IS(path) SAME_PROGRAM, READLINK(DIR_FD, "root", path), OPEN_ROOT
#define OPEN_ROOT     OPENAT(DIR_FD, "root", ROOT_FD)
#define BY_ROOT       ROOT_IS("/"), OPENAT(ROOT_FD, "lib/a.so", FOUND_FD)
#define ROOT_SAYS(e)  ROOT_IS("/"), OPENAT(ROOT_FD, "lib/a.so", e)

/* It is the one that is mapped; or another. */
#define IS(...)     FILE_IS(FOUND_FD, __VA_ARGS__)
#define NUMBERED(n) .inode = (n), .device_major = 8, .device_minor = 1
#define IS_A_SO     IS(NUMBERED(17), .regular = true)
#define IS_OTHER    IS(NUMBERED(18), .regular = true)

#define A_SO_LINE(snapshot) mapsnap_find(snapshot, 0x30000)

static void close_opened(int fd)
{
	assert_int_equal(fd, OPENED_FD);
	scripted_kernel.close(fd);
}

static void opens(struct mapsnap_process *process, struct mapsnap *snapshot, uint32_t by)
{
	int fd = -1, r;
	uint32_t route = 4711;

	r = mapsnap_open_file(process, snapshot, A_SO_LINE(snapshot), &fd, &route);
	if (r)
		fail_msg("mapsnap_open_file() returned %d: %s", r, mapsnap_error(process));
	assert_int_equal(route, by);
	script_played();
	close_opened(fd);
	mapsnap_unref(snapshot);
}

static void fails(struct mapsnap_process *process, struct mapsnap *snapshot, int error)
{
	int fd = -4711;
	uint32_t route = 4711;

	assert_int_equal(mapsnap_open_file(process, snapshot, A_SO_LINE(snapshot), &fd, &route),
			 error);
	assert_int_equal(fd, -4711);
	assert_int_equal(route, 4711);
	assert_string_not_equal(mapsnap_error(process), "");
	script_played();
	mapsnap_unref(snapshot);
}

static void the_link_of_the_mapping_leads_to_its_file(void **state)
{
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, AGAIN(A_SO));
	opens(*state, saved(FILE_LINE), MAPSNAP_FILE_MAP_FILES);
}

static void where_the_link_is_refused_the_path_does(void **state)
{
	static const int refusals[] = { -EPERM, -EACCES, -ENOENT };

	script(LINK_SAYS(-EPERM), BY_ROOT, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, AGAIN(A_SO));
	opens(*state, saved(FILE_LINE), MAPSNAP_FILE_ROOT);
	for (unsigned int i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		script(LINK_SAYS(refusals[i]), BY_ROOT, IS_A_SO, OPEN_FOUND(OPENED_FD),
		       AGAIN(A_SO));
		opens(*state, saved(FILE_LINE), MAPSNAP_FILE_ROOT);
	}
}

/* maps has it as the reader sees it, or from the root of its mount namespace. */
static void a_path_below_the_root_of_the_process_is_looked_up_there(void **state)
{
	script(LINK_SAYS(-EPERM), ROOT_IS("/lib"), OPENAT(ROOT_FD, "a.so", FOUND_FD), IS_A_SO,
	       OPEN_FOUND(OPENED_FD), NO_SEQ, AGAIN(A_SO));
	opens(*state, saved(FILE_LINE), MAPSNAP_FILE_ROOT);
	script(LINK_SAYS(-EPERM), SAME_PROGRAM, READLINK(DIR_FD, "root", "/li"), AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -ENOENT);
	script(LINK_SAYS(-EPERM), SAME_PROGRAM, READLINK(DIR_FD, "root", "/lib/a.so"), AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -ENOENT);
}

static void only_the_very_same_file_is_taken_by_its_path(void **state)
{
	const struct kernel_file others[] = {
		{ NUMBERED(18), .regular = true },
		{ .inode = 17, .device_major = 9, .device_minor = 1, .regular = true },
		{ .inode = 17, .device_major = 8, .device_minor = 2, .regular = true },
		{ .inode = 17, .device_major = 8, .regular = true, .device_varies = true },
		{ NUMBERED(17), .regular = false },
	};

	script(LINK_SAYS(-EPERM), BY_ROOT, IS_OTHER, NO_SEQ, AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -ENOENT);
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct step is = FILE_FAILS(FOUND_FD, 0);

		is.file = &others[i];
		script(LINK_SAYS(-EPERM), BY_ROOT);
		script_add(&is, 1);
		script(AGAIN(A_SO));
		fails(*state, saved(FILE_LINE), -ENOENT);
	}
}

static void no_device_is_opened(void **state)
{
	script(BY_LINK, IS(NUMBERED(17)), NO_SEQ, AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -ENXIO);
}

static void what_has_no_file_is_told_without_asking(void **state)
{
	struct mapsnap *snapshot = saved(ONE);
	uint32_t route;
	int fd;

	assert_int_equal(mapsnap_open_file(*state, snapshot, mapsnap_at(snapshot, 0), &fd, &route),
			 -ENXIO);
	script_played();
	mapsnap_unref(snapshot);
}

/* A link leads to the file of a mapping; whether it was of this one, the inode tells. */
static void what_the_link_led_to_has_to_be_the_file_of_the_mapping(void **state)
{
	script(BY_LINK, IS_OTHER, OPEN_FOUND(OPENED_FD), NO_SEQ);
	fails(*state, saved(FILE_LINE), -EAGAIN);
	script(BY_LINK, IS(.inode = 17, .device_major = 8, .device_minor = 2, .regular = true),
	       OPEN_FOUND(OPENED_FD));
	fails(*state, saved(FILE_LINE), -EAGAIN);
	script(BY_LINK, IS(.inode = 18, .device_minor = 30, .regular = true, .device_varies = true),
	       OPEN_FOUND(OPENED_FD));
	fails(*state, saved(FILE_LINE), -EAGAIN);
}

/* btrfs and overlayfs: maps has the device of the whole. */
static void where_devices_vary_the_link_and_the_inode_will_do(void **state)
{
	script(BY_LINK, IS(.inode = 17, .device_minor = 30, .regular = true, .device_varies = true),
	       OPEN_FOUND(OPENED_FD), NO_SEQ, AGAIN(A_SO));
	opens(*state, saved(FILE_LINE), MAPSNAP_FILE_MAP_FILES);
}

/* Anything of it may have changed: each field in turn, and that it is the only one there. */
static void a_mapping_that_is_not_alike_has_changed(void **state)
{
	const struct procmap_query found = { .query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
					     A_SO_INODE(17) };
	struct procmap_query other[7];
	const unsigned int n = sizeof(other) / sizeof(other[0]);

	for (unsigned int i = 0; i < n; i++)
		other[i] = found;
	other[0].vma_start = 0x2f000;
	other[1].vma_end = 0x32000;
	other[2].vma_flags |= WRITE;
	other[3].vma_offset = 0;
	other[4].inode = 18;
	other[5].dev_major = 9;
	other[6].dev_minor = 2;
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ,
	       AGAIN(MAPPED(0x30000, "/lib/b.so", A_SO_INODE(17))));
	fails(*state, saved(FILE_LINE), -EAGAIN);
	for (unsigned int i = 0; i < n; i++) {
		struct step step = A_SO;

		step.query = &other[i];
		script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, CLOCK);
		script_add(&step, 1);
		script(CLOCK, ALIVE, SAME_PROGRAM, CLOCK);
		fails(*state, saved(FILE_LINE), -EAGAIN);
	}
}

static void a_mapping_that_was_split_or_unmapped_has_changed(void **state)
{
	const struct step first =
		MAPPED(0x30000, "/lib/a.so", .vma_start = 0x30000, .vma_end = 0x30800,
		       .vma_flags = READ | EXECUTE, .vma_offset = 0x1000, .inode = 17,
		       .dev_major = 8, .dev_minor = 1);
	const struct step none = QUERY_FAILS(0x30800, -ENOENT);

	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, CLOCK, CLOCK);
	script_add(&first, 1);
	script_add(&none, 1);
	script(CLOCK, ALIVE, SAME_PROGRAM, CLOCK);
	fails(*state, saved(FILE_LINE), -EAGAIN);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), AGAIN(QUERY_FAILS(0x30000, -ENOENT)));
	fails(*state, saved(FILE_LINE), -EAGAIN);
}

/* Whose names were not read: by the link, without comparing them. */
static void names_that_the_snapshot_does_not_have_are_not_asked_for(void **state)
{
	struct mapsnap *snapshot;

	script(NO_SEQ, CALL, UNWATCHED(FILE_LINE), RETURN_UNVERIFIED);
	snapshot = read_well(*state, OPTIONS(.omit = MAPSNAP_OMIT_NAMES, UNVERIFIED,
					     .route = MAPSNAP_ROUTE_TEXT));
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD),
	       AGAIN(QUERY_NAMELESS(0x30000, .query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
				    A_SO_INODE(17))));
	opens(*state, mapsnap_ref(snapshot), MAPSNAP_FILE_MAP_FILES);
	script(LINK_SAYS(-EPERM), SAME_PROGRAM, READLINK(DIR_FD, "root", "/"),
	       AGAIN(QUERY_NAMELESS(0x30000, .query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
				    A_SO_INODE(17))));
	fails(*state, snapshot, -ENOENT);
}

static void without_queries_the_text_is_read_again(void **state)
{
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, CLOCK, CLOCK,
	       QUERY_FAILS(0x30000, -ENOTTY), CLOCK, WHOLE_TEXT(TWO FILE_LINE), CLOCK, ALIVE,
	       SAME_PROGRAM, CLOCK);
	opens(*state, saved(FILE_LINE), MAPSNAP_FILE_MAP_FILES);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, CLOCK, WHOLE_TEXT(TWO), CLOCK, ALIVE,
	       SAME_PROGRAM, CLOCK);
	fails(*state, saved(FILE_LINE), -EAGAIN);
}

/* What is read here does not change how large a whole snapshot is thought to be. */
static void reading_one_mapping_again_is_not_remembered(void **state)
{
	struct mapsnap_process *process = *state;

	process->last_count = 4711;
	process->last_buffer = 47110;
	process->proved_sequence = 4;
	process->proved_ns = 5;
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, AGAIN(A_SO));
	opens(*state, saved(FILE_LINE), MAPSNAP_FILE_MAP_FILES);
	assert_int_equal(process->last_count, 4711);
	assert_int_equal(process->last_buffer, 47110);
	assert_int_equal(process->proved_sequence, 4);
	assert_int_equal(process->proved_ns, 5);
}

/* By the kernel's own sequence, if that proved the snapshot. */

static void an_unmoved_sequence_proves_it(void **state)
{
	struct mapsnap *snapshot = proved(*state);

	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, SEQ(4), CLOCK);
	opens(*state, mapsnap_ref(snapshot), MAPSNAP_FILE_MAP_FILES);
	/* Then the link led to the file of this mapping, whatever its numbers are. */
	script(BY_LINK, IS(.inode = 99, .regular = true), OPEN_FOUND(OPENED_FD), CLOCK, SEQ(4),
	       CLOCK);
	opens(*state, mapsnap_ref(snapshot), MAPSNAP_FILE_MAP_FILES);
	/* But its path is no link. */
	script(LINK_SAYS(-EPERM), BY_ROOT, IS_OTHER, CLOCK, SEQ(4), CLOCK);
	fails(*state, snapshot, -ENOENT);
}

static void after_a_moved_sequence_it_is_read_again(void **state)
{
	struct mapsnap *snapshot = proved(*state);

	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, SEQ(6), AGAIN(A_SO));
	opens(*state, mapsnap_ref(snapshot), MAPSNAP_FILE_MAP_FILES);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, SEQ(6),
	       AGAIN(MAPPED(0x30000, "/lib/a.so", A_SO_INODE(18))));
	fails(*state, mapsnap_ref(snapshot), -EAGAIN);
	script(BY_LINK, IS_OTHER, OPEN_FOUND(OPENED_FD), CLOCK, SEQ(6));
	fails(*state, snapshot, -EAGAIN);
}

static void the_sequence_of_another_opening_proves_nothing(void **state)
{
	struct mapsnap_process *process = *state;
	struct mapsnap *snapshot = proved(process);

	process->opened++;
	script(BY_LINK, IS_OTHER, OPEN_FOUND(OPENED_FD));
	fails(process, snapshot, -EAGAIN);
}

static void the_sequence_of_another_source_proves_nothing(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, ATTEMPT(4, TWO FILE_LINE), RETURN);
	snapshot = read_well(*state, WATCHED());
	script(BY_LINK, IS_OTHER, OPEN_FOUND(OPENED_FD));
	fails(*state, snapshot, -EAGAIN);
}

static void the_sequence_tells_exit_and_exec(void **state)
{
	struct mapsnap *snapshot = proved(*state);

	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, SEQ_FAILS(-ESRCH), HAS_ENDED);
	fails(*state, mapsnap_ref(snapshot), -ESRCH);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), CLOCK, SEQ_FAILS(-ESTALE));
	fails(*state, snapshot, -ESTALE);
}

/* What goes wrong. */

static void exit_and_exec_come_before_what_could_not_be_opened(void **state)
{
	script(LINK_SAYS(-ENOENT), HAS_ENDED, NO_SEQ, AGAIN_GONE);
	fails(*state, saved(FILE_LINE), -ESRCH);
	script(LINK_SAYS(-ENOENT), OTHER_AUXV(DIR_FD), AGAIN_EXEC(A_SO));
	fails(*state, saved(FILE_LINE), -ESTALE);
	script(LINK_SAYS(-ENOENT), ROOT_SAYS(-ENOENT), AGAIN(QUERY_FAILS(0x30000, -ENOENT)));
	fails(*state, saved(FILE_LINE), -EAGAIN);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(-EACCES), AGAIN_GONE);
	fails(*state, saved(FILE_LINE), -ESRCH);
}

static void exit_and_exec_after_it_was_opened_are_told(void **state)
{
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, AGAIN_GONE);
	fails(*state, saved(FILE_LINE), -ESRCH);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), AGAIN_EXEC(A_SO));
	fails(*state, saved(FILE_LINE), -ESTALE);
}

/* Another way would not help. */
static void without_descriptors_or_memory_nothing_else_is_tried(void **state)
{
	static const int errors[] = { -EMFILE, -ENFILE, -ENOMEM };

	for (unsigned int i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const int e = errors[i];

		script(LINK_SAYS(e));
		fails(*state, saved(FILE_LINE), e);
		script(LINK_SAYS(-EPERM), OPENAT(DIR_FD, "auxv", e));
		fails(*state, saved(FILE_LINE), e);
		script(LINK_SAYS(-EPERM), SAME_PROGRAM, READLINK_FAILS(DIR_FD, "root", e));
		fails(*state, saved(FILE_LINE), e);
		script(LINK_SAYS(-EPERM), SAME_PROGRAM, READLINK(DIR_FD, "root", "/"),
		       OPENAT(DIR_FD, "root", e));
		fails(*state, saved(FILE_LINE), e);
		script(LINK_SAYS(-EPERM), ROOT_SAYS(e));
		fails(*state, saved(FILE_LINE), e);
		script(BY_LINK, FILE_FAILS(FOUND_FD, e));
		fails(*state, saved(FILE_LINE), e);
		script(BY_LINK, IS_A_SO, OPEN_FOUND(e));
		fails(*state, saved(FILE_LINE), e);
	}
}

static void what_the_kernel_says_of_the_file_is_returned(void **state)
{
	script(LINK_SAYS(-EPERM), ROOT_SAYS(-EACCES), NO_SEQ, AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -EACCES);
	script(BY_LINK, IS_A_SO, OPEN_FOUND(-EACCES), AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -EACCES);
	script(LINK_SAYS(-EPERM), ROOT_SAYS(-ENAMETOOLONG), AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -ENAMETOOLONG);
	script(LINK_SAYS(-EPERM), DENIED_AUXV(DIR_FD), STAT(DIR_FD, "S", NO_FLAGS), AGAIN(A_SO));
	fails(*state, saved(FILE_LINE), -EACCES);
}

static void an_error_of_the_check_is_returned(void **state)
{
	script(BY_LINK, IS_A_SO, OPEN_FOUND(OPENED_FD), NO_SEQ, CLOCK, CLOCK,
	       QUERY_FAILS(0x30000, -EIO));
	fails(*state, saved(FILE_LINE), -EIO);
}

static void a_maps_file_leads_to_no_other(void **state)
{
	fails(*state, saved(FILE_LINE), -EOPNOTSUPP);
}

static void the_maps_file_is_that_of_the_process(void **state)
{
	assert_int_equal(mapsnap_maps_fd(*state), MAPS_FD);
}

#define TEST(name)        cmocka_unit_test_setup_teardown(name, open_process_42, close_process)
#define TEST_PROVED(name) cmocka_unit_test_setup_teardown(name, open_with_sequence, close_process)
#define TEST_MAPS(name)   cmocka_unit_test_setup_teardown(name, open_maps_file, close_process)

UNIT_MAIN("mapped_file", TEST(the_link_of_the_mapping_leads_to_its_file),
	  TEST(where_the_link_is_refused_the_path_does),
	  TEST(a_path_below_the_root_of_the_process_is_looked_up_there),
	  TEST(only_the_very_same_file_is_taken_by_its_path), TEST(no_device_is_opened),
	  TEST(what_has_no_file_is_told_without_asking),
	  TEST(what_the_link_led_to_has_to_be_the_file_of_the_mapping),
	  TEST(where_devices_vary_the_link_and_the_inode_will_do),
	  TEST(a_mapping_that_is_not_alike_has_changed),
	  TEST(a_mapping_that_was_split_or_unmapped_has_changed),
	  TEST(names_that_the_snapshot_does_not_have_are_not_asked_for),
	  TEST(without_queries_the_text_is_read_again),
	  TEST(reading_one_mapping_again_is_not_remembered),
	  TEST_PROVED(an_unmoved_sequence_proves_it),
	  TEST_PROVED(after_a_moved_sequence_it_is_read_again),
	  TEST_PROVED(the_sequence_of_another_opening_proves_nothing),
	  TEST_PROVED(the_sequence_of_another_source_proves_nothing),
	  TEST_PROVED(the_sequence_tells_exit_and_exec),
	  TEST(exit_and_exec_come_before_what_could_not_be_opened),
	  TEST(exit_and_exec_after_it_was_opened_are_told),
	  TEST(without_descriptors_or_memory_nothing_else_is_tried),
	  TEST(what_the_kernel_says_of_the_file_is_returned),
	  TEST(an_error_of_the_check_is_returned), TEST_MAPS(a_maps_file_leads_to_no_other),
	  TEST(the_maps_file_is_that_of_the_process))
