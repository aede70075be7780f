/* SPDX-License-Identifier: BSD-2-Clause */
#include "mover.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "contest.h"
#include "memory.h"
#include "processor.h"

#define IDLE_NS     1000000
#define FLAT_OUT_NS 1

/* More than the mappings of any target take. */
#define APART (1ull << 35)

#define PATIENCE_S 30

/*
 * One behind all other mappings that the target will make and one before them: a read that mixes
 * instants meets the mapping twice, or never. Holes around the first keep it a mapping of its own.
 */
static void prepare_places(struct mover *mover)
{
	size_t page = page_size();
	char *area = map_memory(3 * page, MAP_PRIVATE);

	mover->places[0] = area + page;
	mover->places[1] = area - APART;
	munmap(area, page);
	munmap(area + 2 * page, page);
}

static void move(struct mover *mover)
{
	unsigned int from = mover->moves % 2;

	if (mremap(mover->places[from], page_size(), page_size(), MREMAP_MAYMOVE | MREMAP_FIXED,
		   mover->places[!from]) == MAP_FAILED)
		_exit(1);
	mover->moves++;
}

/* To absolute times: what one move takes does not delay the next. */
static void move_for_ever(void *context)
{
	struct mover *mover = context;
	uint64_t next = now_ns();

	processor_leave();
	for (;;) {
		uint64_t period = mover->period_ns;
		struct timespec until;

		next = period == FLAT_OUT_NS ? now_ns() : next + (period ? period : IDLE_NS);
		until = timespec_of(next);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		if (period)
			move(mover);
	}
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) < 0 && errno == EINTR)
		;
}

static void move_on_order(void *context)
{
	struct mover *mover = context;

	processor_leave();
	for (;;) {
		wait_for(&mover->orders);
		move(mover);
		sem_post(&mover->answers);
	}
}

static struct mover *start(enum target_backing backing, size_t mappings, void (*act)(void *context))
{
	struct mover *mover = map_memory(sizeof(*mover), MAP_SHARED);

	sem_init(&mover->orders, 1, 0);
	sem_init(&mover->answers, 1, 0);
	prepare_places(mover);
	mover->pid = target_start_acting(backing, mappings, act, mover);
	munmap(mover->places[0], page_size());
	return mover;
}

struct mover *mover_start(enum target_backing backing, size_t mappings)
{
	return start(backing, mappings, move_for_ever);
}

struct mover *mover_start_obedient(enum target_backing backing, size_t mappings)
{
	return start(backing, mappings, move_on_order);
}

void mover_move(struct mover *mover)
{
	struct timespec until;
	int r;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	sem_post(&mover->orders);
	while ((r = sem_timedwait(&mover->answers, &until)) < 0 && errno == EINTR)
		;
	if (r < 0)
		die("the target was told to move, and did not");
}

void mover_stop(struct mover *mover)
{
	target_stop();
	munmap(mover, sizeof(*mover));
}

/* It sleeps until the end of the period that it had before. */
void mover_set_rate(struct mover *mover, unsigned int moves_per_second)
{
	uint64_t before = mover->period_ns;
	uint64_t wait = 2 * (before ? before : IDLE_NS);
	struct timespec pause = { (time_t)(wait / SECOND), (long)(wait % SECOND) };

	if (moves_per_second == MOVER_FLAT_OUT)
		mover->period_ns = FLAT_OUT_NS;
	else
		mover->period_ns = moves_per_second ? SECOND / moves_per_second : 0;
	nanosleep(&pause, NULL);
}

void mover_check(const struct mover *mover, const struct mapsnap *snapshot)
{
	bool first = mapsnap_find(snapshot, (uintptr_t)mover->places[0]);
	bool second = mapsnap_find(snapshot, (uintptr_t)mover->places[1]);

	if (first == second)
		die("a snapshot is labelled consistent that never held");
}

void mover_print_setting(const char *bench, size_t mappings, unsigned int moves_per_second)
{
	printf("{\"bench\":\"%s\",\"setting\":\"%zu file-backed, ", bench, mappings);
	if (moves_per_second == MOVER_FLAT_OUT)
		printf("flat out");
	else
		printf("%u changes/s", moves_per_second);
}
