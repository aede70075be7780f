/* SPDX-License-Identifier: BSD-2-Clause */
/* Errands, whose looks here take as long as the test likes. */
#include "errands.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "clock.h"
#include "unit.h"

#define SLOW 77 /* a process that holds up who looks at it */

static struct errands errands;
static sem_t reached, go_on;

/* In place of the table's. */
int mapsnap_table_refresh_pid(struct mapsnap_table *table, pid_t pid)
{
	(void)table;
	if (pid == SLOW) {
		sem_post(&reached);
		sem_wait(&go_on);
	}
	return -pid;
}

static int begin(void **state)
{
	(void)state;
	sem_init(&reached, 0, 0);
	sem_init(&go_on, 0, 0);
	return errands_start(&errands, NULL);
}

static int end(void **state)
{
	(void)state;
	assert_true(errands_stop(&errands));
	sem_destroy(&reached);
	sem_destroy(&go_on);
	return 0;
}

static int run_one(pid_t pid)
{
	struct errand_look look = { .pid = pid, .result = 1 };
	int r = errands_run(&errands, &look, 1);

	return r ? r : look.result;
}

static void *run_slow(void *result)
{
	*(int *)result = run_one(SLOW);
	return NULL;
}

static void each_look_has_its_own_result(void **state)
{
	struct errand_look looks[] = { { 5, 1 }, { 3, 1 }, { 4, 1 } };

	(void)state;
	assert_int_equal(errands_run(&errands, looks, 3), 0);
	assert_int_equal(looks[0].result, -5);
	assert_int_equal(looks[1].result, -3);
	assert_int_equal(looks[2].result, -4);
}

static void who_waits_for_one_that_is_held_up_gives_up(void **state)
{
	uint64_t begun = now_ns(), took;

	(void)state;
	assert_int_equal(run_one(SLOW), -ETIMEDOUT);
	took = now_ns() - begun;
	assert_true(took >= ERRANDS_PATIENCE_NS && took < 20 * ERRANDS_PATIENCE_NS);
	sem_post(&go_on);
}

/* A hundred together take less time than one alone that has to wait. */
static void nobody_waits_behind_one_that_is_stuck(void **state)
{
	uint64_t begun;

	(void)state;
	assert_int_equal(run_one(SLOW), -ETIMEDOUT);
	begun = now_ns();
	for (int i = 0; i < 100; i++)
		assert_int_equal(run_one(5), -ETIMEDOUT);
	assert_true(now_ns() - begun < ERRANDS_PATIENCE_NS);
	sem_post(&go_on);
}

static void once_it_is_done_others_are_run_again(void **state)
{
	int r = -ETIMEDOUT;

	(void)state;
	assert_int_equal(run_one(SLOW), -ETIMEDOUT);
	sem_post(&go_on);
	for (int i = 0; r == -ETIMEDOUT && i < 1000; i++) {
		r = run_one(5);
		usleep(1000);
	}
	assert_int_equal(r, -5);
}

/* Where it comes to its end in time they have only waited. */
static void who_comes_behind_a_slow_one_waits_for_it(void **state)
{
	pthread_t thread;
	int slow = 1;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, run_slow, &slow), 0);
	sem_wait(&reached);
	sem_post(&go_on);
	assert_int_equal(run_one(5), -5);
	pthread_join(thread, NULL);
	assert_int_equal(slow, -SLOW);
}

/* Both give up, the one that had not begun is not run any more. */
static void what_was_given_up_before_it_began_is_not_run(void **state)
{
	pthread_t thread;
	int slow = 1, left;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, run_slow, &slow), 0);
	sem_wait(&reached);
	assert_int_equal(run_one(SLOW), -ETIMEDOUT);
	pthread_join(thread, NULL);
	assert_int_equal(slow, -ETIMEDOUT);
	sem_post(&go_on);
	while (run_one(5) == -ETIMEDOUT)
		usleep(1000);
	sem_getvalue(&reached, &left);
	assert_int_equal(left, 0);
}

static void one_that_does_not_come_back_is_not_waited_for_in_the_end(void **state)
{
	(void)state;
	assert_int_equal(run_one(SLOW), -ETIMEDOUT);
	assert_false(errands_stop(&errands));
	sem_post(&go_on);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("errands", TEST(each_look_has_its_own_result),
	  TEST(who_waits_for_one_that_is_held_up_gives_up),
	  TEST(nobody_waits_behind_one_that_is_stuck), TEST(once_it_is_done_others_are_run_again),
	  TEST(who_comes_behind_a_slow_one_waits_for_it),
	  TEST(what_was_given_up_before_it_began_is_not_run),
	  TEST(one_that_does_not_come_back_is_not_waited_for_in_the_end))
