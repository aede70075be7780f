/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads and signals beside a read. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/time.h>

#include "asserts.h"
#include "forked.h"

#define THREADS 4
#define READS   300

/* A thread cannot assert: it says whether all went well. */
static void *read_again_and_again(void *argument)
{
	const pid_t *pid = argument;
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_TEXT);
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	bool good = mapsnap_open_pid(*pid, &process) == 0;

	for (unsigned int i = 0; good && i < READS; i++) {
		good = mapsnap_read(process, &options, &snapshot) == 0;
		if (good) {
			good = mapsnap_info(snapshot)->pid == *pid && mapsnap_count(snapshot) > 5;
			mapsnap_unref(snapshot);
		}
	}
	mapsnap_close(process);
	return (void *)(uintptr_t)good;
}

static void assert_all_good(pthread_t *threads, unsigned int n)
{
	void *good;

	for (unsigned int i = 0; i < n; i++) {
		pthread_join(threads[i], &good);
		assert_true((uintptr_t)good);
	}
}

static void threads_read_each_by_its_own_handle(void **state)
{
	pthread_t threads[THREADS];
	pid_t pids[THREADS];

	(void)state;
	/* Two threads a process. */
	for (unsigned int i = 0; i < THREADS; i++)
		pids[i] = i % 2 ? pids[i - 1] : forked(forked_idle, NULL);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, read_again_and_again, &pids[i]);
	assert_all_good(threads, THREADS);
	for (unsigned int i = 0; i < THREADS; i += 2)
		forked_kill(pids[i]);
}

static bool finds_all(const struct mapsnap *snapshot)
{

	for (size_t i = 0; i < mapsnap_count(snapshot); i++)
		if (mapsnap_find(snapshot, mapsnap_at(snapshot, i)->start) !=
		    mapsnap_at(snapshot, i))
			return false;
	return true;
}

/* Takes and gives back references of its own, and in the end the one it was given. */
static void *use_and_give_back(void *argument)
{
	struct mapsnap *snapshot = argument;
	bool good = true;

	for (unsigned int i = 0; good && i < READS; i++) {
		struct mapsnap *mine = mapsnap_ref(snapshot);

		good = mine == snapshot && finds_all(mine);
		mapsnap_unref(mine);
	}
	mapsnap_unref(snapshot);
	return (void *)(uintptr_t)good;
}

static void threads_share_a_snapshot_and_the_last_frees_it(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap *snapshot = must_read_pid(pid, NULL);
	pthread_t threads[THREADS];

	(void)state;
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, use_and_give_back, mapsnap_ref(snapshot));
	mapsnap_unref(snapshot);
	assert_all_good(threads, THREADS);
	forked_kill(pid);
}

static const struct mapsnap *watched;
static atomic_uint signals, wrong;

static void look_up(int number)
{
	(void)number;
	atomic_fetch_add(&signals, 1);
	if (watched && !finds_all(watched))
		atomic_fetch_add(&wrong, 1);
}

/* Every 100 us, and system calls are not restarted. */
static void start_signals(void)
{
	struct sigaction action = { .sa_handler = look_up };
	struct itimerval often = { { 0, 100 }, { 0, 100 } };

	signals = wrong = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void stop_signals(void)
{
	struct itimerval never = { 0 };

	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
}

static void signals_do_not_disturb_a_read(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap *reference = must_read_pid(pid, NULL);

	(void)state;
	start_signals();
	while (signals < 500) {
		struct mapsnap *snapshot = must_read_pid(pid, NULL);

		assert_same_mappings(reference, snapshot);
		mapsnap_unref(snapshot);
	}
	stop_signals();
	mapsnap_unref(reference);
	forked_kill(pid);
}

/* Also while the same thread is in another lookup. */
static void a_signal_handler_may_look_up(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap *snapshot = must_read_pid(pid, NULL);

	(void)state;
	watched = snapshot;
	start_signals();
	while (signals < 500)
		assert_true(finds_all(snapshot));
	stop_signals();
	watched = NULL;
	assert_int_equal(wrong, 0);
	mapsnap_unref(snapshot);
	forked_kill(pid);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(threads_read_each_by_its_own_handle),
		tidy_test(threads_share_a_snapshot_and_the_last_frees_it),
		tidy_test(signals_do_not_disturb_a_read),
		tidy_test(a_signal_handler_may_look_up),
	};

	return run_suite(tests, NULL, NULL);
}
