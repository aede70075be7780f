/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening what has no memory of its own: zombies, kernel threads, and where the main thread ended.
 */
#include <dirent.h>
#include <errno.h>
#include <stdalign.h>
#include <string.h>

#include "process.h"
#include "scripted_process.h"
#include "unit.h"

/* A folder as getdents64(2) gives it. */
struct entries {
	alignas(8) char bytes[512];
	size_t length;
};

static struct entries entries_of(const char *const *names, size_t n)
{
	struct entries entries = { .length = 0 };

	for (size_t i = 0; i < n; i++) {
		char *entry = entries.bytes + entries.length;
		size_t size = offsetof(struct dirent64, d_name) + strlen(names[i]) + 1;
		unsigned short length = (unsigned short)((size + 7) / 8 * 8);

		memcpy(entry + offsetof(struct dirent64, d_reclen), &length, sizeof(length));
		strcpy(entry + offsetof(struct dirent64, d_name), names[i]);
		entries.length += length;
	}
	return entries;
}

#define ENTRIES(...)                                     \
	entries_of((const char *const[]){ __VA_ARGS__ }, \
		   sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

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
#define SEEN_WITHOUT_MEMORY                                            \
	CLOCK, OPEN_DIR, STAT(DIR_FD, "Z", NO_FLAGS), NO_AUXV(DIR_FD), \
		OPENAT(DIR_FD, "maps", OLD_MAPS_FD), NO_AUXV(DIR_FD), NOT_OWN(OLD_MAPS_FD)
#define OPEN_WITHOUT_MEMORY SEEN_WITHOUT_MEMORY, OPENAT(DIR_FD, "task", TASK_FD)

#define LIST(entries) GETDENTS(TASK_FD, (entries).bytes, (entries).length)
#define LIST_END      GETDENTS(TASK_FD, "", 0)

/* A thread in the list that has ended, or that has not. */
#define ENDED(tid) OPENAT(TASK_FD, tid, THREAD_FD), STAT(THREAD_FD, "Z", NO_FLAGS)
#define LIVES(tid) OPENAT(TASK_FD, tid, THREAD_FD), STAT(THREAD_FD, "S", NO_FLAGS)

static void a_zombie_is_gone(void **state)
{
	const struct entries list = ENTRIES(".", "..", "42", "43");

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), OPENAT(TASK_FD, "43", THREAD_FD),
	       STAT(THREAD_FD, "X", NO_FLAGS), LIST_END);
	assert_open_fails(-ESRCH);
}

/* Its files are root's, but for maps everyone may open them. */
static void a_zombie_is_gone_for_its_own_user_too(void **state)
{
	const struct entries list = ENTRIES("42");

	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "Z", NO_FLAGS), DENIED_AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", OLD_MAPS_FD), DENIED_AUXV(DIR_FD), NOT_OWN(OLD_MAPS_FD),
	       OPENAT(DIR_FD, "task", TASK_FD), LIST(list), ENDED("42"), LIST_END);
	assert_open_fails(-ESRCH);
}

/* As newer kernels have it. */
static void a_zombie_whose_maps_do_not_open_is_gone(void **state)
{
	(void)state;
	script(CLOCK, OPEN_DIR, STAT(DIR_FD, "Z", NO_FLAGS), NO_AUXV(DIR_FD),
	       OPENAT(DIR_FD, "maps", -ESRCH));
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

static void where_the_main_thread_has_ended_another_is_opened(void **state)
{
	const struct entries list = ENTRIES(".", "..", "42", "43", "44");
	struct mapsnap_process *process;
	pid_t pid;

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), THROUGH_THREAD);
	process = assert_opens();
	mapsnap_identity(process, &pid, NULL);
	assert_int_equal(pid, PID);
	assert_int_equal(process->maps_fd, MAPS_FD);
	assert_int_equal(process->dir_fd, THREAD_FD);
	mapsnap_close(process);
	script_end();
}

static void a_long_list_of_threads_is_read_to_its_end(void **state)
{
	const struct entries first = ENTRIES(".", "..", "42"), second = ENTRIES("43", "44");
	struct mapsnap_process *process;

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(first), ENDED("42"), LIST(second), NO_FILE(TASK_FD, "43"),
	       LIVES("44"), THROUGH_THREAD);
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
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), AUXV(THREAD_FD),
	       OPENAT(THREAD_FD, "maps", -EMFILE));
	assert_open_fails(-EMFILE);
}

static void a_process_whose_threads_all_end_meanwhile_is_gone(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	(void)state;
	script(SEEN_WITHOUT_MEMORY, NO_FILE(DIR_FD, "task"));
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, GETDENTS_FAILS(TASK_FD, -ENOENT));
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), NO_FILE(TASK_FD, "42"),
	       OPENAT(TASK_FD, "43", THREAD_FD), NO_FILE(THREAD_FD, "stat"), LIST_END);
	assert_open_fails(-ESRCH);
}

static void the_other_thread_may_end_meanwhile(void **state)
{
	const struct entries list = ENTRIES("42", "43");

	(void)state;
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"),
	       NO_FILE(THREAD_FD, "auxv"), NO_FILE(THREAD_FD, "maps"));
	assert_open_fails(-ESRCH);
	script_begin();
	script(OPEN_WITHOUT_MEMORY, LIST(list), ENDED("42"), LIVES("43"), NO_AUXV(THREAD_FD),
	       OPENAT(THREAD_FD, "maps", MAPS_FD), NO_AUXV(THREAD_FD));
	assert_open_fails(-ESRCH);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

UNIT_MAIN("memoryless", TEST(a_zombie_is_gone), TEST(a_zombie_is_gone_for_its_own_user_too),
	  TEST(a_zombie_whose_maps_do_not_open_is_gone), TEST(a_kernel_thread_opens),
	  TEST(where_the_main_thread_has_ended_another_is_opened),
	  TEST(a_long_list_of_threads_is_read_to_its_end),
	  TEST(an_error_while_another_thread_is_looked_for_is_returned),
	  TEST(a_process_whose_threads_all_end_meanwhile_is_gone),
	  TEST(the_other_thread_may_end_meanwhile))
