/* SPDX-License-Identifier: BSD-2-Clause */
/* An open process stays the one that was opened: exit, pid reuse, the end of a thread. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "settled.h"

/* Nothing else is there: a mark to know a process by. */
#define MARK 0x210000000000u

static void after_exit_the_process_is_gone(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_process *process = must_open(pid);

	(void)state;
	assert_readable(process);
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	assert_read_fails(process, -ESRCH);
	forked_status(pid);
	assert_read_fails(process, -ESRCH);
	mapsnap_close(process);
}

static void bear_the_mark(void *unused)
{
	mmap((void *)MARK, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
	     0);
	forked_idle(unused);
}

static void another_process_with_the_same_pid_is_not_taken_for_it(void **state)
{
	pid_t pid = forked(forked_idle, NULL), again;
	int pidfd = open_pidfd(pid);
	struct mapsnap_process *process = must_open(pid), *other;
	struct mapsnap *snapshot;

	(void)state;
	forked_kill(pid);
	again = forked_as(pid, bear_the_mark, NULL);
	if (again < 0) {
		const char *why = strerrorname_np(errno);

		mapsnap_close(process);
		close(pidfd);
		skip_because("a pid cannot be chosen: %s", why);
	}
	assert_int_equal(again, pid);
	assert_true(await_state(pid, 'T'));
	assert_read_fails(process, -ESRCH);
	assert_int_equal(mapsnap_open_pidfd(pidfd, &other), -ESRCH);
	other = must_open(pid);
	snapshot = must_read(other, NULL);
	assert_non_null(mapsnap_find(snapshot, MARK));
	mapsnap_unref(snapshot);
	mapsnap_close(other);
	mapsnap_close(process);
	close(pidfd);
	forked_kill(pid);
}

static void a_process_whose_main_thread_has_ended_still_reads(void **state)
{
	pid_t pid = forked(forked_end_main_thread, NULL), told;
	struct mapsnap_process *before = must_open(pid), *after;

	(void)state;
	assert_readable(before);
	forked_continue(pid);
	assert_true(await_state(pid, 'Z'));
	assert_readable(before);
	after = must_open(pid);
	assert_readable(after);
	mapsnap_identity(after, &told, NULL);
	assert_int_equal(told, pid);
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	assert_read_fails(before, -ESRCH);
	assert_read_fails(after, -ESRCH);
	forked_status(pid);
	mapsnap_close(before);
	mapsnap_close(after);
}

static void snapshots_outlive_process_and_handle(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_process *process = must_open(pid);
	struct mapsnap *snapshot = must_read(process, NULL);
	struct maps_text before = text_of(snapshot), after;

	(void)state;
	mapsnap_close(process);
	forked_kill(pid);
	after = text_of(snapshot);
	assert_same_text(&before, &after);
	maps_text_free(&before);
	maps_text_free(&after);
	mapsnap_unref(snapshot);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(after_exit_the_process_is_gone),
		tidy_test(another_process_with_the_same_pid_is_not_taken_for_it),
		tidy_test(a_process_whose_main_thread_has_ended_still_reads),
		tidy_test(snapshots_outlive_process_and_handle),
	};

	return run_suite(tests, NULL, NULL);
}
