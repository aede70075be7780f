/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening what has no memory of its own: zombies, kernel threads, and where the main thread ended.
 */
#include <errno.h>

#include "process.h"
#include "scripted_threads.h"
#include "unit.h"

static int begin(void **state)
{
	(void)state;
	script_begin();
	return 0;
}

static void assert_open_fails(int error)
{
	struct mapsnap_process *const untouched = (void *)&error;
	struct mapsnap_process *process = untouched;

	assert_int_equal(process_open_pid(&scripted_kernel, PID, &process), error);
	assert_ptr_equal(process, untouched);
	script_end();
}

static struct mapsnap_process *assert_opens(void)
{
	struct mapsnap_process *process;

	assert_int_equal(process_open_pid(&scripted_kernel, PID, &process), 0);
	script_played();
	return process;
}

/* Until it is known that the main thread has no memory. */
#define SEEN_WITHOUT_MEMORY CLOCK, OPEN_DIR, STAT(DIR_FD, "Z", NO_FLAGS), NO_AUXV(DIR_FD)
#define OPEN_WITHOUT_MEMORY SEEN_WITHOUT_MEMORY, OPEN_LIST

static void a_zombie_is_gone(void **state)
{
	const struct entries list = ENTRIES(".", "..", "42");

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), ALL_ENDED);
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), OPENAT(TASK_FD, "42", THREAD_FD),
	       STAT(THREAD_FD, "X", NO_FLAGS), ALL_ENDED);
	assert_open_fails(-ESRCH);
}

/* Its files are root's. */
static void a_zombie_is_gone_for_its_own_user_too(void **state)
{
	const struct entries list = ENTRIES("42");

	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "Z", NO_FLAGS), DENIED_AUXV(DIR_FD),
	       STAT(DIR_FD, "Z", NO_FLAGS), OPEN_LIST, LIST(list), ENDED("42"), ALL_ENDED);
	assert_open_fails(-ESRCH);
}

static void a_kernel_thread_opens(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	script(OPEN_KERNEL_THREAD);
	process = assert_opens();
	assert_true(process->kernel_thread);
	mapsnap_close(process);
	script_end();
}

#define THROUGH_THREAD AUXV(THREAD_FD), OPENAT(THREAD_FD, "maps", MAPS_FD), AUXV(THREAD_FD)

/* It stays that of the process: an exec gives another thread its number. */
static void where_the_main_thread_has_ended_another_is_opened(void **state)
{
	const struct entries list = ENTRIES(".", "..", "42", "43", "44");
	struct mapsnap_process *process;
	pid_t pid;

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), THROUGH_THREAD, OWN);
	process = assert_opens();
	mapsnap_identity(process, &pid, NULL);
	assert_int_equal(pid, PID);
	assert_int_equal(process->maps_fd, MAPS_FD);
	assert_int_equal(process->dir_fd, DIR_FD);
	assert_true(process->own);
	mapsnap_close(process);
	script_end();
}

static void a_long_list_of_threads_is_read_to_its_end(void **state)
{
	const struct entries first = ENTRIES(".", "..", "42"), second = ENTRIES("43", "44");
	struct mapsnap_process *process;

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(first), ENDED("42"), LIST(second), REAPED("43"),
	       LIVES("44"), THROUGH_THREAD, NOT_OWN);
	process = assert_opens();
	mapsnap_close(process);
	script_end();
}

/* Also where a later thread has ended: that would say that there is no such process. */
static void an_error_while_another_thread_is_looked_for_is_returned(void **state)
{
	const struct entries list = ENTRIES("42", "43", "44");

	(void)state;
	script(SEEN_WITHOUT_MEMORY, OPENAT(DIR_FD, "task", -EMFILE));
	assert_open_fails(-EMFILE);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, GETDENTS_FAILS(TASK_FD, -ENOMEM));
	assert_open_fails(-ENOMEM);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), OPENAT(TASK_FD, "43", -EMFILE));
	assert_open_fails(-EMFILE);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), OPENAT(TASK_FD, "43", THREAD_FD),
	       OPENAT(THREAD_FD, "stat", -EMFILE));
	assert_open_fails(-EMFILE);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), ENDED("43"), REAPED("44"), LIST_END,
	       OPENAT(DIR_FD, "stat", -ENFILE));
	assert_open_fails(-ENFILE);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), AUXV(THREAD_FD),
	       OPENAT(THREAD_FD, "maps", -EMFILE));
	assert_open_fails(-EMFILE);
}

static void a_process_whose_threads_all_end_meanwhile_is_gone(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	(void)state;
	script(SEEN_WITHOUT_MEMORY, NO_THREADS);
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, GETDENTS_FAILS(TASK_FD, -ENOENT), NO_FILE(DIR_FD, "stat"),
	       NO_THREADS);
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST_END, NO_FILE(DIR_FD, "stat"), NO_THREADS);
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), OPENAT(TASK_FD, "43", THREAD_FD),
	       NO_FILE(THREAD_FD, "stat"), ALL_ENDED);
	assert_open_fails(-ESRCH);
	/* Reaped while it was asked. */
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), ENDING("43"), LIST_END,
	       STAT_OF(DIR_FD, "Z", NO_FLAGS, "0"), NO_THREADS);
	assert_open_fails(-ESRCH);
}

static void another_is_opened(void)
{
	const struct entries list = ENTRIES("42", "44");

	script(OPEN_LIST, LIST(list), ENDED("42"), LIVES("44"), THROUGH_THREAD, NOT_OWN);
	mapsnap_close(assert_opens());
	script_end();
}

static void the_main_thread_may_end_at_any_moment(void **state)
{
	const struct step from_here[] = { CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS) };
	const size_t steps = sizeof(from_here) / sizeof(from_here[0]);

	(void)state;
	script_add(from_here, steps);
	script(DENIED_AUXV(DIR_FD), STAT(DIR_FD, "R", EXITING));
	another_is_opened();
	script_begin();
	script_add(from_here, steps);
	script(AUXV(DIR_FD), OPENAT(DIR_FD, "maps", -ESRCH), NO_AUXV(DIR_FD));
	another_is_opened();
	script_begin();
	script_add(from_here, steps);
	script(AUXV(DIR_FD), OPENAT(DIR_FD, "maps", OLD_MAPS_FD), NO_AUXV(DIR_FD), NO_AUXV(DIR_FD));
	another_is_opened();
	script_begin();
	script_add(from_here, steps);
	script(AUXV(DIR_FD), OPENAT(DIR_FD, "maps", OLD_MAPS_FD), DENIED_AUXV(DIR_FD),
	       STAT(DIR_FD, "Z", NO_FLAGS), NO_AUXV(DIR_FD));
	another_is_opened();
}

static void the_other_thread_may_end_meanwhile(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), ENDING("43"), LOOK_AGAIN);
	another_is_opened();
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"),
	       NO_FILE(THREAD_FD, "auxv"));
	another_is_opened();
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), AUXV(THREAD_FD),
	       NO_FILE(THREAD_FD, "maps"), NO_AUXV(DIR_FD));
	another_is_opened();
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), AUXV(THREAD_FD),
	       OPENAT(THREAD_FD, "maps", OLD_MAPS_FD), NO_AUXV(THREAD_FD), NO_AUXV(DIR_FD));
	another_is_opened();
}

/* Before the new program starts: then its number leads nowhere. */
static void the_other_thread_may_become_the_main_one_by_exec(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), AUXV(THREAD_FD),
	       NO_FILE(THREAD_FD, "maps"), OPEN_MAPS(MAPS_FD), NOT_OWN);
	mapsnap_close(assert_opens());
	script_end();
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

UNIT_MAIN("memoryless", TEST(a_zombie_is_gone), TEST(a_zombie_is_gone_for_its_own_user_too),
	  TEST(a_kernel_thread_opens), TEST(where_the_main_thread_has_ended_another_is_opened),
	  TEST(a_long_list_of_threads_is_read_to_its_end),
	  TEST(an_error_while_another_thread_is_looked_for_is_returned),
	  TEST(a_process_whose_threads_all_end_meanwhile_is_gone),
	  TEST(the_main_thread_may_end_at_any_moment), TEST(the_other_thread_may_end_meanwhile),
	  TEST(the_other_thread_may_become_the_main_one_by_exec))
