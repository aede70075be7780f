/* SPDX-License-Identifier: BSD-2-Clause */
/* An open process that calls exec: its address space is no longer the one that was opened. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "settled.h"

static _Noreturn void become_sleep(void)
{
	execlp("sleep", "sleep", "1000", NULL);
	_exit(127);
}

static void exec_when_told(void *unused)
{
	(void)unused;
	forked_pause();
	become_sleep();
}

static void after_exec_the_handle_is_stale_and_a_new_one_reads(void **state)
{
	pid_t pid = forked(exec_when_told, NULL);
	struct mapsnap_process *process = must_open(pid);

	(void)state;
	assert_readable(process);
	forked_continue(pid);
	assert_true(settled(pid));
	assert_read_fails(process, -ESTALE);
	mapsnap_close(process);
	process = must_open(pid);
	assert_readable(process);
	mapsnap_close(process);
	forked_kill(pid);
}

/* What mapsnap_open_fd() says of a process that it does not know. */
static void after_exec_a_maps_fd_alone_knows_only_that_it_is_gone(void **state)
{
	pid_t pid = forked(exec_when_told, NULL);
	struct mapsnap_process *process = must_open_maps(pid);

	(void)state;
	assert_readable(process);
	forked_continue(pid);
	assert_true(settled(pid));
	assert_read_fails(process, -ESRCH);
	mapsnap_close(process);
	forked_kill(pid);
}

static _Noreturn int wait_for_ever(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* The sibling shares the address space, and so keeps it when we exec. */
static void leave_address_space_to_sibling(void *sibling)
{
	static char stack[65536] __attribute__((aligned(16)));

	*(pid_t *)sibling = clone(wait_for_ever, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	forked_pause();
	become_sleep();
}

static void exec_is_noticed_although_a_sibling_keeps_the_old_address_space(void **state)
{
	pid_t *sibling = shared_page();
	pid_t pid = forked(leave_address_space_to_sibling, sibling);
	struct mapsnap_process *process = must_open(pid);

	(void)state;
	assert_true(*sibling > 0);
	assert_readable(process);
	forked_continue(pid);
	assert_true(settled(pid));
	assert_read_fails(process, -ESTALE);
	assert_int_equal(kill(*sibling, 0), 0);
	mapsnap_close(process);
	kill(*sibling, SIGKILL);
	forked_kill(pid);
	unshare_page(sibling);
}

/* While the new program's main thread lives, and after its end; mappings of the old one or not. */
static void assert_stale_after_renewal(pid_t pid, struct mapsnap_process *process)
{
	assert_readable(process);
	forked_continue(pid);
	assert_true(await_state(pid, 'T'));
	assert_read_fails(process, -ESTALE);
	forked_continue(pid);
	assert_true(await_state(pid, 'Z'));
	assert_read_fails(process, -ESTALE);
}

static void exec_is_told_from_the_end_although_the_new_main_thread_has_ended(void **state)
{
	pid_t pid = forked(forked_renew, NULL);
	struct mapsnap_process *process = must_open(pid);

	(void)state;
	assert_stale_after_renewal(pid, process);
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	assert_read_fails(process, -ESRCH);
	forked_status(pid);
	assert_read_fails(process, -ESRCH);
	mapsnap_close(process);
}

/* A child of ours, so that it outlives the thread that made it. */
static void keep_address_space_and_renew(void *sibling)
{
	static char stack[65536] __attribute__((aligned(16)));

	*(pid_t *)sibling =
		clone(wait_for_ever, stack + sizeof(stack), CLONE_VM | CLONE_PARENT, NULL);
	forked_renew(NULL);
}

/* Its own process has gone on to another program, and then to its end. */
static void mappings_that_only_a_sibling_keeps_are_not_read_as_its_own(void **state)
{
	pid_t *sibling = shared_page();
	pid_t pid = forked(keep_address_space_and_renew, sibling);
	struct mapsnap_process *process = must_open(pid), *keeper = must_open(*sibling);

	(void)state;
	assert_stale_after_renewal(pid, process);
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	assert_read_fails(process, -ESRCH);
	forked_status(pid);
	assert_read_fails(process, -ESRCH);
	assert_readable(keeper);
	mapsnap_close(keeper);
	mapsnap_close(process);
	forked_kill(*sibling);
	unshare_page(sibling);
}

/* The thread that it was opened through calls exec, and has another number afterwards. */
static void *exec_when_signalled(void *signals)
{
	int signal;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigwait(signals, &signal);
	become_sleep();
}

static void leave_exec_to_thread(void *unused)
{
	static sigset_t signals;
	pthread_t thread;

	(void)unused;
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	pthread_create(&thread, NULL, exec_when_signalled, &signals);
	forked_pause();
	pthread_exit(NULL);
}

static void exec_is_told_from_the_end_where_the_only_thread_left_called_it(void **state)
{
	pid_t pid = forked(leave_exec_to_thread, NULL);
	struct mapsnap_process *process;

	(void)state;
	forked_continue(pid);
	assert_true(await_state(pid, 'Z'));
	process = must_open(pid);
	assert_readable(process);
	kill(pid, SIGUSR1);
	assert_true(await_state(pid, 'S') && settled(pid));
	assert_read_fails(process, -ESTALE);
	mapsnap_close(process);
	forked_kill(pid);
}

/* As a child is between vfork and exec: it uses the address space of its parent. */
static _Noreturn int pause_and_exec(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	forked_pause();
	become_sleep();
}

static void share_address_space_with_child(void *child)
{
	static char stack[65536] __attribute__((aligned(16)));

	*(pid_t *)child = clone(pause_and_exec, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	forked_pause();
}

static void exec_of_a_child_that_shares_its_parents_address_space_is_noticed(void **state)
{
	pid_t *child = shared_page();
	pid_t pid = forked(share_address_space_with_child, child);
	struct mapsnap_process *process, *parent = must_open(pid);

	(void)state;
	assert_true(await_state(*child, 'T'));
	process = must_open(*child);
	assert_readable(process);
	forked_continue(*child);
	assert_true(settled(*child));
	assert_read_fails(process, -ESTALE);
	assert_readable(parent);
	mapsnap_close(process);
	mapsnap_close(parent);
	kill(*child, SIGKILL);
	forked_kill(pid);
	unshare_page(child);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(after_exec_the_handle_is_stale_and_a_new_one_reads),
		tidy_test(after_exec_a_maps_fd_alone_knows_only_that_it_is_gone),
		tidy_test(exec_is_noticed_although_a_sibling_keeps_the_old_address_space),
		tidy_test(exec_is_told_from_the_end_although_the_new_main_thread_has_ended),
		tidy_test(mappings_that_only_a_sibling_keeps_are_not_read_as_its_own),
		tidy_test(exec_is_told_from_the_end_where_the_only_thread_left_called_it),
		tidy_test(exec_of_a_child_that_shares_its_parents_address_space_is_noticed),
	};

	forked_main(argc, argv);
	return run_suite(tests, NULL, NULL);
}
