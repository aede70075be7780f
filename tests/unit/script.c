/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That the scripted kernel fails a test: each test here runs another one,
 * which must fail, in a process of its own.
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scripted_process.h"
#include "unit.h"

static int run_silently(CMUnitTestFunction test)
{
	const struct CMUnitTest tests[] = { { "inner", test, NULL, NULL, NULL } };
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	return cmocka_run_group_tests_name("inner", tests, NULL, NULL);
}

static int failures_of(CMUnitTestFunction test)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(run_silently(test));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static uint64_t sequence_now(void)
{
	uint64_t sequence = 0;

	scripted_sequence.read(&scripted_sequence, MAPS_FD, &sequence);
	return sequence;
}

static void begin(void)
{
	script_begin();
	script_gives(MAPS_FD);
}

static void play_as_written(void **state)
{
	char c;

	(void)state;
	begin();
	script(TIME_PASSES(7), CLOCK, SEQUENCE(4), PREAD(MAPS_FD, 0, "x", 1), SLEEP(START + 9));
	assert_int_equal(scripted_kernel.now(), START + 7);
	assert_int_equal(sequence_now(), 4);
	assert_int_equal(scripted_kernel.pread(MAPS_FD, &c, 1, 0), 1);
	assert_int_equal(c, 'x');
	scripted_kernel.sleep_until(START + 9);
	assert_int_equal(script_now(), START + 9);
	script_end();
}

static void call_one_more(void **state)
{
	(void)state;
	begin();
	script(CLOCK);
	scripted_kernel.now();
	scripted_kernel.now();
}

static void leave_one(void **state)
{
	(void)state;
	begin();
	script(CLOCK, SEQUENCE(4));
	scripted_kernel.now();
	script_end();
}

static void swap_two(void **state)
{
	(void)state;
	begin();
	script(CLOCK, SEQUENCE(4));
	sequence_now();
}

static void read_elsewhere(void **state)
{
	char c;

	(void)state;
	begin();
	script(PREAD(MAPS_FD, 0, "x", 1));
	scripted_kernel.pread(MAPS_FD, &c, 1, 1);
}

static void read_into_too_little(void **state)
{
	char c;

	(void)state;
	begin();
	script(PREAD(MAPS_FD, 0, "xy", 2));
	scripted_kernel.pread(MAPS_FD, &c, 1, 0);
}

static void open_another_path(void **state)
{
	(void)state;
	begin();
	script(OPENAT(AT_FDCWD, "/proc/42", DIR_FD));
	scripted_kernel.openat(AT_FDCWD, "/proc/43", O_RDONLY);
}

static void sleep_too_long(void **state)
{
	(void)state;
	begin();
	script(SLEEP(START + 1));
	scripted_kernel.sleep_until(START + 2);
}

static void query_with_other_flags(void **state)
{
	struct procmap_query q = { .size = sizeof(q), .query_addr = 1, .query_flags = 1 };

	(void)state;
	begin();
	script(QUERY(1, "", .query_flags = 2));
	scripted_kernel.ioctl(MAPS_FD, PROCMAP_QUERY, &q);
}

static void leave_open(void **state)
{
	(void)state;
	begin();
	script(OPENAT(AT_FDCWD, "/proc/42", DIR_FD));
	scripted_kernel.openat(AT_FDCWD, "/proc/42", O_RDONLY);
	script_end();
}

static void close_twice(void **state)
{
	(void)state;
	begin();
	script(OPENAT(AT_FDCWD, "/proc/42", DIR_FD));
	scripted_kernel.openat(AT_FDCWD, "/proc/42", O_RDONLY);
	scripted_kernel.close(DIR_FD);
	scripted_kernel.close(DIR_FD);
}

static void close_the_callers(void **state)
{
	(void)state;
	begin();
	scripted_kernel.close(MAPS_FD);
}

static void use_what_is_not_open(void **state)
{
	char c;

	(void)state;
	script_begin();
	script(PREAD(MAPS_FD, 0, "x", 1));
	scripted_kernel.pread(MAPS_FD, &c, 1, 0);
}

static void a_script_played_as_written_passes(void **state)
{
	play_as_written(state);
	assert_int_equal(failures_of(play_as_written), 0);
}

static void an_unexpected_call_fails(void **state)
{
	(void)state;
	assert_int_equal(failures_of(call_one_more), 1);
	assert_int_equal(failures_of(swap_two), 1);
}

static void a_leftover_call_fails(void **state)
{
	(void)state;
	assert_int_equal(failures_of(leave_one), 1);
}

static void a_call_with_other_arguments_fails(void **state)
{
	(void)state;
	assert_int_equal(failures_of(read_elsewhere), 1);
	assert_int_equal(failures_of(read_into_too_little), 1);
	assert_int_equal(failures_of(open_another_path), 1);
	assert_int_equal(failures_of(sleep_too_long), 1);
	assert_int_equal(failures_of(query_with_other_flags), 1);
}

static void a_descriptor_left_open_or_misused_fails(void **state)
{
	(void)state;
	assert_int_equal(failures_of(leave_open), 1);
	assert_int_equal(failures_of(close_twice), 1);
	assert_int_equal(failures_of(close_the_callers), 1);
	assert_int_equal(failures_of(use_what_is_not_open), 1);
}

UNIT_MAIN("script", cmocka_unit_test(a_script_played_as_written_passes),
	  cmocka_unit_test(an_unexpected_call_fails), cmocka_unit_test(a_leftover_call_fails),
	  cmocka_unit_test(a_call_with_other_arguments_fails),
	  cmocka_unit_test(a_descriptor_left_open_or_misused_fails))
