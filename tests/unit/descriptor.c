/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening by a pidfd and by a maps file that the caller has, and keeps. */
#include <errno.h>
#include <string.h>

#include "process.h"
#include "scripted_process.h"
#include "unit.h"

#define MAPS "00010000-00011000 rw-p 00000000 00:00 0 \n"

static int begin(void **state)
{
	(void)state;
	script_begin();
	script_gives(CALLERS_FD);
	return 0;
}

typedef int open_call(const struct kernel *kernel, int fd, struct mapsnap_process **process);

static void assert_open_fails(open_call *open, int error)
{
	struct mapsnap_process *const untouched = (void *)&error;
	struct mapsnap_process *process = untouched;

	assert_int_equal(open(&scripted_kernel, CALLERS_FD, &process), error);
	assert_ptr_equal(process, untouched);
	script_end();
}

static struct mapsnap_process *assert_opens(open_call *open)
{
	struct mapsnap_process *process;

	assert_int_equal(open(&scripted_kernel, CALLERS_FD, &process), 0);
	script_played();
	return process;
}

static void close_it(struct mapsnap_process *process)
{
	mapsnap_close(process);
	script_end();
}

static void a_pidfd_opens_its_process(void **state)
{
	struct mapsnap_process *process;
	pid_t pid;

	(void)state;
	script(FDINFO("5", "42"), OPEN_PROCESS, FDINFO("5", "42"));
	process = assert_opens(process_open_pidfd);
	mapsnap_identity(process, &pid, NULL);
	assert_int_equal(pid, PID);
	close_it(process);
}

/* The pid may be another's by then. */
static void a_process_that_ends_while_its_pidfd_is_opened_is_gone(void **state)
{
	(void)state;
	script(FDINFO("5", "42"), OPEN_PROCESS, FDINFO("5", "-1"));
	assert_open_fails(process_open_pidfd, -ESRCH);
	begin(state);
	script(FDINFO("5", "42"), CLOCK, OPENAT(AT_FDCWD, "/proc/42", -ESRCH));
	assert_open_fails(process_open_pidfd, -ESRCH);
}

static void a_pidfd_of_no_process_here_is_gone(void **state)
{
	(void)state;
	script(FDINFO("5", "-1"));
	assert_open_fails(process_open_pidfd, -ESRCH);
	begin(state);
	script(FDINFO("5", "0")); /* another pid namespace */
	assert_open_fails(process_open_pidfd, -ESRCH);
}

static void what_is_no_pidfd_is_told(void **state)
{
	(void)state;
	script(FILE_TEXT(AT_FDCWD, "/proc/self/fdinfo/5", "pos:\t0\nflags:\t02000002\n"));
	assert_open_fails(process_open_pidfd, -EBADF);
	begin(state);
	script(OPENAT(AT_FDCWD, "/proc/self/fdinfo/5", -ENOENT),
	       OPENAT(AT_FDCWD, "/proc/self", FILE_FD));
	assert_open_fails(process_open_pidfd, -EBADF);
}

static void a_pidfd_without_proc_is_told(void **state)
{
	(void)state;
	script(OPENAT(AT_FDCWD, "/proc/self/fdinfo/5", -ENOENT),
	       OPENAT(AT_FDCWD, "/proc/self", -ENOENT));
	assert_open_fails(process_open_pidfd, -ENOENT);
}

static void an_error_around_a_pidfd_is_returned(void **state)
{
	(void)state;
	script(OPENAT(AT_FDCWD, "/proc/self/fdinfo/5", -EMFILE));
	assert_open_fails(process_open_pidfd, -EMFILE);
	begin(state);
	script(FDINFO("5", "42"), OPEN_PROCESS, OPENAT(AT_FDCWD, "/proc/self/fdinfo/5", -EMFILE));
	assert_open_fails(process_open_pidfd, -EMFILE);
}

static void a_maps_file_opens_and_nothing_else_is_known(void **state)
{
	struct mapsnap_process *process;
	uint64_t start_time;
	pid_t pid;

	(void)state;
	script(OPEN_FD(MAPS));
	process = assert_opens(process_open_fd);
	mapsnap_identity(process, &pid, &start_time);
	assert_int_equal(pid, 0);
	assert_int_equal(start_time, 0);
	assert_false(process->own);
	close_it(process);
}

static void a_maps_file_may_be_the_readers_own(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1), TEXT(0, MAPS), OWN_MAPS);
	process = assert_opens(process_open_fd);
	assert_true(process->own);
	close_it(process);
}

static void without_a_maps_file_of_ones_own_it_is_anothers(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1), TEXT(0, MAPS),
	       SAME_FILE(MAPS_FD, "/proc/self/maps", -ENOENT));
	process = assert_opens(process_open_fd);
	assert_false(process->own);
	close_it(process);
}

static void a_maps_file_may_begin_with_a_line_longer_than_a_page(void **state)
{
	static char page[4096];
	struct mapsnap_process *process;

	(void)state;
	memset(page, '/', sizeof(page));
	memcpy(page, MAPS, sizeof(MAPS) - 2);
	script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1),
	       PREAD(MAPS_FD, 0, page, sizeof(page)), NOT_OWN_MAPS);
	process = assert_opens(process_open_fd);
	close_it(process);
}

static void a_maps_file_of_a_dead_address_space_is_gone(void **state)
{
	(void)state;
	script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1), TEXT(0, ""));
	assert_open_fails(process_open_fd, -ESRCH);
}

static void a_file_outside_of_proc_is_no_maps_file(void **state)
{
	(void)state;
	script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 0));
	assert_open_fails(process_open_fd, -EINVAL);
	begin(state);
	script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, -EIO));
	assert_open_fails(process_open_fd, -EIO);
}

static void other_files_of_proc_are_no_maps_files(void **state)
{
	static const char *const texts[] = {
		MAPS "Size:                  4 kB\n",      /* smaps */
		"00010000 default anon=1 dirty=1\n",       /* numa_maps */
		"Name:\tcat\nUmask:\t0022\n",              /* status */
		"/usr/bin/cat",                            /* cmdline */
		"00010000-00011000 rw-p 00000000 00:00 0", /* cut off */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		begin(state);
		script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1),
		       PREAD(MAPS_FD, 0, texts[i], strlen(texts[i])));
		assert_open_fails(process_open_fd, -EINVAL);
	}
}

static void what_can_not_be_read_is_no_maps_file(void **state)
{
	static const struct {
		int said, told;
	} errors[] = {
		{ -EISDIR, -EINVAL },
		{ -ESPIPE, -EINVAL },
		{ -EBADF, -EBADF },
		{ -EIO, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		begin(state);
		script(CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1),
		       PREAD_FAILS(MAPS_FD, 0, errors[i].said));
		assert_open_fails(process_open_fd, errors[i].told);
	}
}

static void a_descriptor_that_can_not_be_duplicated_is_an_error(void **state)
{
	(void)state;
	script(CLOCK, DUP(CALLERS_FD, -EMFILE));
	assert_open_fails(process_open_fd, -EMFILE);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

UNIT_MAIN("descriptor", TEST(a_pidfd_opens_its_process),
	  TEST(a_process_that_ends_while_its_pidfd_is_opened_is_gone),
	  TEST(a_pidfd_of_no_process_here_is_gone), TEST(what_is_no_pidfd_is_told),
	  TEST(a_pidfd_without_proc_is_told), TEST(an_error_around_a_pidfd_is_returned),
	  TEST(a_maps_file_opens_and_nothing_else_is_known),
	  TEST(a_maps_file_may_be_the_readers_own),
	  TEST(without_a_maps_file_of_ones_own_it_is_anothers),
	  TEST(a_maps_file_may_begin_with_a_line_longer_than_a_page),
	  TEST(a_maps_file_of_a_dead_address_space_is_gone),
	  TEST(a_file_outside_of_proc_is_no_maps_file), TEST(other_files_of_proc_are_no_maps_files),
	  TEST(what_can_not_be_read_is_no_maps_file),
	  TEST(a_descriptor_that_can_not_be_duplicated_is_an_error))
