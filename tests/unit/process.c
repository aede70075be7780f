/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening by pid. What is left open, or closed twice, fails the test. */
#include "process.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "scripted_process.h"
#include "unit.h"

static int begin(void **state)
{
	(void)state;
	script_begin();
	return 0;
}

/* The script is that of a failure: it returns this, and gives nothing. */
static void assert_open_fails(pid_t pid, int error)
{
	struct mapsnap_process *const untouched = (void *)&error;
	struct mapsnap_process *process = untouched;

	assert_int_equal(process_open_pid(&scripted_kernel, pid, &process), error);
	assert_ptr_equal(process, untouched);
	script_end();
}

static struct mapsnap_process *assert_opens(pid_t pid)
{
	struct mapsnap_process *process;

	assert_int_equal(process_open_pid(&scripted_kernel, pid, &process), 0);
	script_played();
	return process;
}

static void assert_identity(const struct mapsnap_process *process, pid_t pid, uint64_t start)
{
	pid_t its_pid;
	uint64_t its_start;

	mapsnap_identity(process, &its_pid, &its_start);
	assert_int_equal(its_pid, pid);
	assert_int_equal(its_start, start);
	mapsnap_identity(process, NULL, NULL);
}

static void close_it(struct mapsnap_process *process)
{
	mapsnap_close(process);
	script_end();
}

static void a_process_has_its_pid_and_start_time_and_no_error(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(OPEN_PROCESS);
	process = assert_opens(PID);
	assert_identity(process, PID, START_TIME);
	assert_string_equal(mapsnap_error(process), "");
	assert_false(process->own);
	assert_false(process->kernel_thread);
	close_it(process);
	mapsnap_close(NULL);
}

static void a_process_may_be_the_readers_own(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "R", NO_FLAGS), OPEN_MAPS(MAPS_FD), OWN);
	process = assert_opens(PID);
	assert_true(process->own);
	close_it(process);
}

static void a_pid_below_one_is_invalid(void **state)
{
	(void)state;
	assert_open_fails(0, -EINVAL);
	assert_open_fails(-1, -EINVAL);
	assert_open_fails(INT32_MIN, -EINVAL);
}

static const struct step open_process[] = { OPEN_PROCESS };

#define STEPS (sizeof(open_process) / sizeof(open_process[0]))

static bool is_of(size_t i, const char *file)
{
	const struct step *open =
		open_process[i].call == CALL_PREAD ? &open_process[i - 1] : &open_process[i];

	return open->path && strcmp(open->path, file) == 0;
}

/* What has maps, or an auxiliary vector, is known to have been alive. */
static bool is_of_memory(size_t i)
{
	return is_of(i, "auxv") || is_of(i, "maps");
}

/* Opens until step i, which fails so. */
static void script_failing_at(size_t i, int error)
{
	struct step failing = open_process[i];

	failing.reply = error;
	failing.bytes = NULL;
	script_begin();
	script_add(open_process, i);
	script_add(&failing, 1);
}

static void an_error_at_any_step_is_returned(void **state)
{
	static const int errors[] = { -EMFILE, -ENFILE, -ENOMEM, -EACCES, -EPERM };

	(void)state;
	for (size_t i = 0; i < STEPS; i++) {
		enum call call = open_process[i].call;

		if (call != CALL_OPENAT && call != CALL_PREAD)
			continue;
		for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++) {
			script_failing_at(i, errors[e]);
			if (is_of(i, "auxv") && auxv_denied(errors[e]))
				script(STAT(DIR_FD, "S", NO_FLAGS));
			assert_open_fails(PID, errors[e]);
		}
	}
}

static void a_process_that_ends_at_any_step_is_gone(void **state)
{
	(void)state;
	for (size_t i = 0; i < STEPS; i++) {
		enum call call = open_process[i].call;

		if ((call != CALL_OPENAT && call != CALL_PREAD) || is_of_memory(i))
			continue;
		/* Some say ESRCH, and files that are opened say ENOENT as well. */
		script_failing_at(i, -ESRCH);
		assert_open_fails(PID, -ESRCH);
		if (call == CALL_PREAD || open_process[i].fd == AT_FDCWD)
			continue;
		script_failing_at(i, -ENOENT);
		assert_open_fails(PID, -ESRCH);
	}
}

static void a_process_that_ends_while_its_memory_is_opened_is_gone(void **state)
{
	bool known = false;

	(void)state;
	for (size_t i = 0; i < STEPS; i++) {
		if (open_process[i].call != CALL_OPENAT || !is_of_memory(i))
			continue;
		for (int error = -ESRCH; error; error = error == -ESRCH ? -ENOENT : 0) {
			script_failing_at(i, error);
			if (known)
				script(NO_FILE(DIR_FD, "auxv"));
			script(NO_THREADS);
			assert_open_fails(PID, -ESRCH);
		}
		known = true;
	}
}

static void a_small_file_that_is_empty_is_one_of_a_process_that_ended(void **state)
{
	(void)state;
	script(CLOCK, OPENAT(AT_FDCWD, "/proc/42", DIR_FD), FILE_TEXT(DIR_FD, "status", ""));
	assert_open_fails(PID, -ESRCH);
	script_begin();
	script(CLOCK, OPEN_DIR, FILE_TEXT(DIR_FD, "stat", ""));
	assert_open_fails(PID, -ESRCH);
}

static void no_such_process_is_told_from_no_proc(void **state)
{
	(void)state;
	script(CLOCK, OPENAT(AT_FDCWD, "/proc/42", -ENOENT),
	       OPENAT(AT_FDCWD, "/proc/self", FILE_FD));
	assert_open_fails(PID, -ESRCH);
	script_begin();
	script(CLOCK, OPENAT(AT_FDCWD, "/proc/42", -ENOENT),
	       OPENAT(AT_FDCWD, "/proc/self", -ENOENT));
	assert_open_fails(PID, -ENOENT);
	script_begin();
	script(CLOCK, OPENAT(AT_FDCWD, "/proc/42", -ENOENT),
	       OPENAT(AT_FDCWD, "/proc/self", -EMFILE));
	assert_open_fails(PID, -EMFILE);
}

static void small_files_that_the_kernel_does_not_write_are_an_error(void **state)
{
	(void)state;
	script(CLOCK, OPENAT(AT_FDCWD, "/proc/42", DIR_FD),
	       FILE_TEXT(DIR_FD, "status", "Name:\tTgid:\t42\n"));
	assert_open_fails(PID, -EBADMSG);
	script_begin();
	script(CLOCK, OPEN_DIR, FILE_TEXT(DIR_FD, "stat", "42 no brackets S 1 2 3\n"));
	assert_open_fails(PID, -EBADMSG);
	script_begin();
	script(CLOCK, OPEN_DIR, FILE_TEXT(DIR_FD, "stat", "42 (a) S 1 42 42 0 -1 4194560 9\n"));
	assert_open_fails(PID, -EBADMSG);
}

/* A thread id opens its process. */

#define OPEN_THREAD_DIR OPENAT(AT_FDCWD, "/proc/43", THREAD_FD), STATUS(THREAD_FD, "42")

static void a_thread_id_opens_its_process(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(CLOCK, OPEN_THREAD_DIR, OPENAT(AT_FDCWD, "/proc/42", DIR_FD),
	       STATUS(THREAD_FD, "42"), STAT(DIR_FD, "S", NO_FLAGS), OPEN_MAPS(MAPS_FD), NOT_OWN);
	process = assert_opens(43);
	assert_identity(process, PID, START_TIME);
	close_it(process);
}

static void a_thread_that_ends_meanwhile_opens_nothing(void **state)
{
	(void)state;
	script(CLOCK, OPEN_THREAD_DIR, OPENAT(AT_FDCWD, "/proc/42", DIR_FD),
	       NO_FILE(THREAD_FD, "status"));
	assert_open_fails(43, -ESRCH);
	script_begin();
	script(CLOCK, OPEN_THREAD_DIR, OPENAT(AT_FDCWD, "/proc/42", -ENOENT),
	       OPENAT(AT_FDCWD, "/proc/self", FILE_FD), NO_FILE(THREAD_FD, "status"));
	assert_open_fails(43, -ESRCH);
	script_begin();
	script(CLOCK, OPEN_THREAD_DIR, OPENAT(AT_FDCWD, "/proc/42", -EMFILE),
	       STATUS(THREAD_FD, "42"));
	assert_open_fails(43, -EMFILE);
}

/* The kernel prints 0 for a thread that is reaped while it prints. */
static void a_thread_that_is_reaped_while_asked_opens_nothing(void **state)
{
	(void)state;
	script(CLOCK, OPENAT(AT_FDCWD, "/proc/43", THREAD_FD), STATUS(THREAD_FD, "0"));
	assert_open_fails(43, -ESRCH);
	script_begin();
	script(CLOCK, OPEN_THREAD_DIR, OPENAT(AT_FDCWD, "/proc/42", DIR_FD),
	       STATUS(THREAD_FD, "0"));
	assert_open_fails(43, -ESRCH);
}

/* Programs come and go while it is opened. */

static void an_exec_while_opening_opens_the_new_program(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS), AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", OLD_MAPS_FD), OTHER_AUXV(DIR_FD), OTHER_AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", MAPS_FD), OTHER_AUXV(DIR_FD), NOT_OWN);
	process = assert_opens(PID);
	assert_int_equal(process->maps_fd, MAPS_FD);
	close_it(process);
}

static void a_vector_of_another_length_is_another_program(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS), AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", OLD_MAPS_FD), LONG_AUXV(DIR_FD), LONG_AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", MAPS_FD), LONG_AUXV(DIR_FD), NOT_OWN);
	process = assert_opens(PID);
	close_it(process);
}

static void exec_again_and_again_is_told(void **state)
{
	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS));
	for (int i = 0; i < 16; i++)
		script(AUXV(DIR_FD), OPENAT(DIR_FD, "maps", MAPS_FD), OTHER_AUXV(DIR_FD));
	assert_open_fails(PID, -EAGAIN);
}

static void a_setuid_exec_while_opening_is_denied(void **state)
{
	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS), AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", MAPS_FD), DENIED_AUXV(DIR_FD), STAT(DIR_FD, "S", NO_FLAGS));
	assert_open_fails(PID, -EACCES);
	script_begin();
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS), AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", -EACCES));
	assert_open_fails(PID, -EACCES);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

UNIT_MAIN("process", TEST(a_process_has_its_pid_and_start_time_and_no_error),
	  TEST(a_process_may_be_the_readers_own), TEST(a_pid_below_one_is_invalid),
	  TEST(an_error_at_any_step_is_returned), TEST(a_process_that_ends_at_any_step_is_gone),
	  TEST(a_process_that_ends_while_its_memory_is_opened_is_gone),
	  TEST(a_small_file_that_is_empty_is_one_of_a_process_that_ended),
	  TEST(no_such_process_is_told_from_no_proc),
	  TEST(small_files_that_the_kernel_does_not_write_are_an_error),
	  TEST(a_thread_id_opens_its_process), TEST(a_thread_that_ends_meanwhile_opens_nothing),
	  TEST(a_thread_that_is_reaped_while_asked_opens_nothing),
	  TEST(an_exec_while_opening_opens_the_new_program),
	  TEST(a_vector_of_another_length_is_another_program), TEST(exec_again_and_again_is_told),
	  TEST(a_setuid_exec_while_opening_is_denied))
