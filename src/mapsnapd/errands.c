/* SPDX-License-Identifier: BSD-2-Clause */
#include "errands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* Freed by the last of two: who waits for it, and who runs it. */
struct errand {
	STAILQ_ENTRY(errand) link;
	bool running, done;
	bool abandoned;
	size_t count;
	struct errand_look looks[];
};

/* ---- the thread */

/* With the lock; without it in between. */
static void run_first(struct errands *errands)
{
	struct errand *errand = STAILQ_FIRST(&errands->queue);

	STAILQ_REMOVE_HEAD(&errands->queue, link);
	errand->running = true;
	pthread_mutex_unlock(&errands->mutex);
	for (size_t i = 0; i < errand->count; i++)
		errand->looks[i].result =
			mapsnap_table_refresh_pid(errands->table, errand->looks[i].pid);
	pthread_mutex_lock(&errands->mutex);
	errand->done = true;
	errands->stuck = false;
	if (errand->abandoned)
		free(errand);
	pthread_cond_broadcast(&errands->done);
}

static void *run(void *argument)
{
	struct errands *errands = argument;

	pthread_mutex_lock(&errands->mutex);
	while (!errands->over) {
		if (STAILQ_EMPTY(&errands->queue))
			pthread_cond_wait(&errands->come, &errands->mutex);
		else
			run_first(errands);
	}
	errands->ended = true;
	pthread_cond_broadcast(&errands->done);
	pthread_mutex_unlock(&errands->mutex);
	return NULL;
}

int errands_start(struct errands *errands, struct mapsnap_table *table)
{
	pthread_condattr_t monotonic;

	*errands = (struct errands){ .table = table };
	STAILQ_INIT(&errands->queue);
	pthread_mutex_init(&errands->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&errands->come, &monotonic);
	pthread_cond_init(&errands->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return -pthread_create(&errands->thread, NULL, run, errands);
}

bool errands_stop(struct errands *errands)
{
	struct timespec until = timespec_of(now_ns() + ERRANDS_PATIENCE_NS);
	bool ended;
	int r = 0;

	pthread_mutex_lock(&errands->mutex);
	errands->over = true;
	pthread_cond_signal(&errands->come);
	while (!errands->ended && r == 0)
		r = pthread_cond_timedwait(&errands->done, &errands->mutex, &until);
	ended = errands->ended;
	pthread_mutex_unlock(&errands->mutex);
	if (!ended)
		return false;
	pthread_join(errands->thread, NULL);
	pthread_cond_destroy(&errands->come);
	pthread_cond_destroy(&errands->done);
	pthread_mutex_destroy(&errands->mutex);
	return true;
}

/* ---- who waits for it */

static struct errand *errand_new(const struct errand_look *looks, size_t count)
{
	struct errand *errand = calloc(1, sizeof(*errand) + count * sizeof(*looks));

	if (errand) {
		errand->count = count;
		memcpy(errand->looks, looks, count * sizeof(*looks));
	}
	return errand;
}

/* One that has begun can't be called back. */
static void abandon(struct errands *errands, struct errand *errand)
{
	if (errand->running) {
		errands->stuck = true;
		errand->abandoned = true;
		return;
	}
	STAILQ_REMOVE(&errands->queue, errand, errand, link);
	free(errand);
}

/* With the lock. Where one is stuck nobody waits behind it. */
static int wait_for(struct errands *errands, struct errand *errand, struct errand_look *looks)
{
	struct timespec until = timespec_of(now_ns() + ERRANDS_PATIENCE_NS);
	int r = 0;

	while (!errand->done && r == 0 && !(errands->stuck && !errand->running))
		r = pthread_cond_timedwait(&errands->done, &errands->mutex, &until);
	if (!errand->done) {
		abandon(errands, errand);
		pthread_cond_broadcast(&errands->done);
		return -ETIMEDOUT;
	}
	memcpy(looks, errand->looks, errand->count * sizeof(*looks));
	free(errand);
	return 0;
}

int errands_run(struct errands *errands, struct errand_look *looks, size_t count)
{
	struct errand *errand = errand_new(looks, count);
	int r;

	if (!errand)
		return -ENOMEM;
	pthread_mutex_lock(&errands->mutex);
	STAILQ_INSERT_TAIL(&errands->queue, errand, link);
	pthread_cond_signal(&errands->come);
	r = wait_for(errands, errand, looks);
	pthread_mutex_unlock(&errands->mutex);
	return r;
}
