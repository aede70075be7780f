/* SPDX-License-Identifier: BSD-2-Clause */
/* An ordinary user with processes of his own: the same answers as root gets. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "nobody.h"
#include "settled.h"

static int read_once(struct mapsnap_process *process)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_TEXT);
	struct mapsnap *snapshot;
	int r = mapsnap_read(process, &options, &snapshot);

	if (r == 0)
		mapsnap_unref(snapshot);
	return r;
}

static int open_and_read(pid_t pid)
{
	struct mapsnap_process *process;
	int r = mapsnap_open_pid(pid, &process);

	if (r)
		return r;
	r = read_once(process);
	mapsnap_close(process);
	return r;
}

static int read_a_live_one(void *unused)
{
	(void)unused;
	return open_and_read(forked(forked_idle, NULL));
}

static void a_process_of_ones_own_reads(void **state)
{
	(void)state;
	assert_int_equal(as_nobody(read_a_live_one, NULL), 0);
}

static bool verified_by_kernel(struct mapsnap_process *process)
{
	struct mapsnap *snapshot = NULL;
	bool verified = mapsnap_read(process, NULL, &snapshot) == 0 &&
			mapsnap_info(snapshot)->consistency == MAPSNAP_VERIFIED &&
			mapsnap_info(snapshot)->source == MAPSNAP_SOURCE_IOCTL;

	mapsnap_unref(snapshot);
	return verified;
}

static int verify_a_live_one(void *unused)
{
	struct mapsnap_process *process;
	int r = mapsnap_open_pid(forked(forked_idle, NULL), &process);

	(void)unused;
	if (r)
		return r;
	r = verified_by_kernel(process) ? 0 : -EOPNOTSUPP;
	mapsnap_close(process);
	return r;
}

static void where_the_kernel_has_a_sequence_a_process_of_ones_own_is_verified(void **state)
{
	(void)state;
	if (mapsnap_kernel_source() != MAPSNAP_SOURCE_IOCTL)
		skip_because("needs a kernel with PROCMAP_SEQ");
	assert_int_equal(as_nobody(verify_a_live_one, NULL), 0);
}

static int open_a_zombie(void *unused)
{
	pid_t pid = forked(forked_end, NULL);

	(void)unused;
	forked_await_zombie(pid);
	return open_and_read(pid);
}

static void a_zombie_of_ones_own_cannot_be_opened(void **state)
{
	(void)state;
	assert_int_equal(as_nobody(open_a_zombie, NULL), ESRCH);
}

static int read_after_exit(void *unused)
{
	struct mapsnap_process *process;
	pid_t pid = forked(forked_idle, NULL);
	int r = mapsnap_open_pid(pid, &process);

	(void)unused;
	if (r)
		return r;
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	return read_once(process);
}

static void after_its_exit_a_process_of_ones_own_is_gone(void **state)
{
	(void)state;
	assert_int_equal(as_nobody(read_after_exit, NULL), ESRCH);
}

static void exec_when_told(void *unused)
{
	(void)unused;
	forked_pause();
	execlp("sleep", "sleep", "1000", NULL);
}

static int read_after_exec(void *unused)
{
	struct mapsnap_process *process;
	pid_t pid = forked(exec_when_told, NULL);
	int r = mapsnap_open_pid(pid, &process);

	(void)unused;
	if (r)
		return r;
	forked_continue(pid);
	return settled(pid) ? read_once(process) : -ETIMEDOUT;
}

static void after_its_exec_the_handle_of_ones_own_is_stale(void **state)
{
	(void)state;
	assert_int_equal(as_nobody(read_after_exec, NULL), ESTALE);
}

static int read_without_main_thread(void *unused)
{
	pid_t pid = forked(forked_end_main_thread, NULL);

	(void)unused;
	forked_continue(pid);
	return await_state(pid, 'Z') ? open_and_read(pid) : -ETIMEDOUT;
}

static void a_process_of_ones_own_without_main_thread_reads(void **state)
{
	(void)state;
	assert_int_equal(as_nobody(read_without_main_thread, NULL), 0);
}

static int read_after_renewal(void *unused)
{
	struct mapsnap_process *process;
	pid_t pid = forked(forked_renew, NULL);
	int r = mapsnap_open_pid(pid, &process);

	(void)unused;
	if (r)
		return r;
	forked_continue(pid);
	if (!await_state(pid, 'T'))
		return -ETIMEDOUT;
	forked_continue(pid);
	return await_state(pid, 'Z') ? read_once(process) : -ETIMEDOUT;
}

/* Its main thread's files are root's by then. */
static void exec_is_told_although_the_new_main_thread_has_ended(void **state)
{
	(void)state;
	assert_int_equal(as_nobody(read_after_renewal, NULL), ESTALE);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_process_of_ones_own_reads),
		tidy_test(where_the_kernel_has_a_sequence_a_process_of_ones_own_is_verified),
		tidy_test(a_zombie_of_ones_own_cannot_be_opened),
		tidy_test(after_its_exit_a_process_of_ones_own_is_gone),
		tidy_test(after_its_exec_the_handle_of_ones_own_is_stale),
		tidy_test(a_process_of_ones_own_without_main_thread_reads),
		tidy_test(exec_is_told_although_the_new_main_thread_has_ended),
	};

	forked_main(argc, argv);
	return run_suite(tests, NULL, NULL);
}
