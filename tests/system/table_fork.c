/* SPDX-License-Identifier: BSD-2-Clause */
/* A table in a program that forks, whose threads come and go, and that is sent signals. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "asserts.h"
#include "clock.h"
#include "forked.h"
#include "mapsnap-table.h"

#define FORKS     200
#define RESOLVERS 3
#define COMINGS   100
#define AT_ONCE   100
#define SIGNALS   500
#define PATIENCE  120 /* s, until whoever hangs is ended */

static struct mapsnap_table *table;
static pid_t member, guest, self;
static uint64_t forked_ns; /* the member had been then, and was not in the table yet */
static atomic_bool over;
static atomic_uint wrong;

static uint64_t address(void)
{
	return (uintptr_t)&address;
}

/* Whether our own code is found in the member, which is forked from us. */
static bool resolves(void)
{
	struct mapsnap_sample sample = { .address = address(), .time_ns = forked_ns };
	struct mapsnap_answer answers[2];
	bool good;

	mapsnap_table_enter();
	good = mapsnap_table_resolve(table, member, &sample.address, 1, &answers[0]) == 0 &&
	       mapsnap_table_resolve_samples(table, member, &sample, 1, &answers[1]) == 0 &&
	       answers[0].mapping && answers[1].mapping && answers[0].mapping->start <= address() &&
	       address() < answers[0].mapping->end && answers[1].found == MAPSNAP_FOUND_MAPPING;
	mapsnap_table_leave();
	return good;
}

/*
 * Of ourselves, who are taken in and out all the time, and change: found or not, but
 * never as it was before what this thread has seen already. In no section.
 */
static bool resolves_self(uint64_t *revision)
{
	struct mapsnap_answer answer;
	uint64_t here = address(), before = *revision;
	int r = mapsnap_table_resolve(table, self, &here, 1, &answer);

	if (r)
		return r == -ESRCH;
	*revision = answer.revision;
	return answer.found == MAPSNAP_FOUND_MAPPING && !answer.mapping &&
	       answer.revision >= before;
}

/* Half of the time: others should get to run, too. */
static void *resolve_on_and_on(void *unused)
{
	uint64_t revision = 0;

	while (!atomic_load(&over)) {
		for (unsigned int i = 0; i < AT_ONCE; i++)
			atomic_fetch_add(&wrong, !resolves() + !resolves_self(&revision));
		usleep(100);
	}
	return unused;
}

/* Changes what is mapped, so that there is a history to be taken out. */
static void take_self_in_and_out(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *change;

	atomic_fetch_add(&wrong, mapsnap_table_add(table, self) != 0);
	change = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(change, page, PROT_READ | PROT_WRITE);
	atomic_fetch_add(&wrong, mapsnap_table_refresh_pid(table, self) != 0);
	munmap(change, page);
	atomic_fetch_add(&wrong, mapsnap_table_refresh_pid(table, self) != 0);
	atomic_fetch_add(&wrong, mapsnap_table_remove(table, self) != 0);
}

/* Writes nearly all the time, so that mostly a fork comes in the midst of it. */
static void *write_on_and_on(void *unused)
{
	struct mapsnap_event events[8];
	uint64_t cursor = 0;

	while (!atomic_load(&over)) {
		take_self_in_and_out();
		atomic_fetch_add(&wrong, mapsnap_table_refresh(table, NULL) != 0);
		atomic_fetch_add(&wrong, mapsnap_table_add(table, guest) != 0);
		atomic_fetch_add(&wrong, mapsnap_table_remove(table, guest) != 0);
		while (mapsnap_table_events(table, &cursor, events, 8) == 8)
			;
		usleep(100);
	}
	return unused;
}

static int begin(void **state)
{
	struct mapsnap_options read = unverified_by(MAPSNAP_ROUTE_AUTO);
	struct mapsnap_table_options options = {
		.size = sizeof(options),
		.read = &read,
		.history = 2,
	};

	count_descriptors(state);
	alarm(PATIENCE);
	over = false;
	wrong = 0;
	self = getpid();
	member = forked(forked_idle, NULL);
	forked_ns = now_ns();
	guest = forked(forked_idle, NULL);
	return mapsnap_table_new(&options, &table) || mapsnap_table_add(table, member);
}

static int end(void **state)
{
	mapsnap_table_free(table);
	forked_kill(member);
	forked_kill(guest);
	alarm(0);
	return assert_no_descriptor_left(state);
}

static void stop(pthread_t *threads, unsigned int n)
{
	atomic_store(&over, true);
	for (unsigned int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(wrong, 0);
}

/* The number of the first thing that can't be done; 0: all can. */
static int use_table(void)
{
	struct mapsnap_event events[8];
	uint64_t cursor = 0;
	int fd;

	alarm(PATIENCE / 2);
	if (!resolves())
		return 1;
	if (mapsnap_table_refresh(table, NULL))
		return 2;
	if (mapsnap_table_refresh_pid(table, member))
		return 3;
	/* It may have been in the table. */
	if (mapsnap_table_add(table, guest))
		return 4;
	if (mapsnap_table_remove(table, guest) || mapsnap_table_remove(table, guest) != -ESRCH)
		return 5;
	if (mapsnap_table_events(table, &cursor, events, 8) == 0)
		return 6;
	fd = mapsnap_table_fd(table, 1000000000);
	if (fd < 0 || mapsnap_table_refresh(table, NULL))
		return 7;
	return resolves() ? 0 : 8;
}

/* A child, which may have one in turn, and frees what is its own copy of the table or not. */
static int live(bool frees, int generations)
{
	int result = use_table();

	if (result == 0 && generations > 1) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(live(!frees, generations - 1));
		result = forked_status(pid) ? 9 : use_table();
	}
	if (frees)
		mapsnap_table_free(table);
	return result;
}

static void a_child_goes_on_where_fork_found_the_others(void **state)
{
	pthread_t threads[RESOLVERS + 1];

	(void)state;
	for (unsigned int i = 0; i < RESOLVERS; i++)
		pthread_create(&threads[i], NULL, resolve_on_and_on, NULL);
	pthread_create(&threads[RESOLVERS], NULL, write_on_and_on, NULL);
	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(live(i % 2, 1 + i % 3));
		assert_int_equal(forked_status(pid), 0);
	}
	stop(threads, RESOLVERS + 1);
	assert_int_equal(use_table(), 0);
}

static void *resolve_once(void *unused)
{
	atomic_fetch_add(&wrong, !resolves());
	return unused;
}

static void threads_come_and_go_without_a_word(void **state)
{
	pthread_t writer, threads[RESOLVERS];

	(void)state;
	pthread_create(&writer, NULL, write_on_and_on, NULL);
	for (unsigned int i = 0; i < COMINGS; i++) {
		for (unsigned int j = 0; j < RESOLVERS; j++)
			pthread_create(&threads[j], NULL, resolve_once, NULL);
		for (unsigned int j = 0; j < RESOLVERS; j++)
			pthread_join(threads[j], NULL);
	}
	stop(&writer, 1);
}

static atomic_uint signals;

static void on_signal(int number)
{
	(void)number;
	atomic_fetch_add(&signals, 1);
	atomic_fetch_add(&wrong, !resolves());
}

/* As a profiler's, but by the clock: processor time is counted in long ticks. */
static timer_t start_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGPROF };
	struct itimerspec often = { { 0, 200000 }, { 0, 200000 } };
	timer_t timer;

	signals = 0;
	sigaction(SIGPROF, &action, NULL);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &often, NULL), 0);
	return timer;
}

/* A writer is not for signal handlers, and this one has all signals blocked. */
static void start_writer(pthread_t *writer)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_create(writer, NULL, write_on_and_on, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void a_signal_handler_may_resolve_amid_a_section(void **state)
{
	pthread_t writer;
	timer_t timer;

	(void)state;
	/* The first section registers the thread. */
	assert_true(resolves());
	start_writer(&writer);
	timer = start_signals();
	while (signals < SIGNALS)
		atomic_fetch_add(&wrong, !resolves());
	timer_delete(timer);
	signal(SIGPROF, SIG_IGN);
	stop(&writer, 1);
}

static void *look_up_on_and_on(void *argument)
{
	struct mapsnap *snapshot = argument;

	do
		atomic_fetch_add(&wrong, !mapsnap_find(snapshot, address()));
	while (!atomic_load(&over));
	mapsnap_unref(snapshot);
	return NULL;
}

static void snapshots_outlive_the_table(void **state)
{
	pthread_t threads[RESOLVERS];
	struct mapsnap_step step;
	struct mapsnap *snapshot;

	(void)state;
	assert_int_equal(mapsnap_table_next(table, member, 0, &step), 0);
	assert_int_equal(mapsnap_table_get(table, member, &snapshot, NULL), 0);
	for (unsigned int i = 0; i < RESOLVERS; i++)
		pthread_create(&threads[i], NULL, look_up_on_and_on, mapsnap_ref(snapshot));
	mapsnap_table_free(table);
	table = NULL;
	mapsnap_unref(snapshot);
	assert_non_null(mapsnap_find(step.after, address()));
	assert_int_equal(mapsnap_count(step.before), 0);
	mapsnap_unref(step.before);
	stop(threads, RESOLVERS);
	assert_non_null(mapsnap_find(step.after, address()));
	mapsnap_unref(step.after);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_goes_on_where_fork_found_the_others),
		TEST(threads_come_and_go_without_a_word),
		TEST(a_signal_handler_may_resolve_amid_a_section),
		TEST(snapshots_outlive_the_table),
	};

	return run_suite(tests, NULL, NULL);
}
