/* SPDX-License-Identifier: BSD-2-Clause */
#include "publisher.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "contest.h"
#include "opened.h"
#include "processor.h"

#define PERIOD_NS 1000000

/* The mapping that moves does so when the publisher says, and nothing else changes. */
static struct mover *moving;

static int read_moves(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	(void)self;
	(void)maps_fd;
	*sequence = 2 * (moving->moves + 1);
	return 0;
}

static const struct mapsnap_sequence word_of_target = {
	.size = sizeof(word_of_target),
	.source = MAPSNAP_SOURCE_BPF,
	.flags = MAPSNAP_SEQUENCE_TELLS_EXEC,
	.read = read_moves,
};

static struct mapsnap_table *new_table(pid_t pid)
{
	struct mapsnap_options read = { .size = sizeof(read), .sequence = &word_of_target };
	struct mapsnap_table_options options = { .size = sizeof(options), .read = &read };
	struct mapsnap_table *table;
	int r = mapsnap_table_new(&options, &table);

	if (r == 0)
		r = mapsnap_table_add(table, pid);
	if (r)
		die("cannot take the target into a table: %s", strerror(-r));
	return table;
}

static void replace(struct guarded *guarded, struct mapsnap *snapshot)
{
	struct mapsnap *old;

	pthread_mutex_lock(&guarded->mutex);
	old = guarded->snapshot;
	guarded->snapshot = snapshot;
	pthread_mutex_unlock(&guarded->mutex);
	mapsnap_unref(old);
}

static void hand_over(struct publisher *publisher)
{
	struct mapsnap *snapshot;
	int r = mapsnap_table_get(publisher->table, publisher->mover->pid, &snapshot, NULL);

	if (r)
		die("the target's snapshot is gone: %s", strerror(-r));
	replace(&publisher->guarded, snapshot);
}

static void refresh(struct publisher *publisher, struct mapsnap_table *table)
{
	struct mapsnap_table_round round;

	mover_move(publisher->mover);
	if (mapsnap_table_refresh(table, &round) || round.changed != 1)
		die("the target has moved a mapping, and the table did not notice");
}

static void act(struct publisher *publisher, uint32_t habit)
{
	if (habit == PUBLISHER_ELSEWHERE)
		refresh(publisher, publisher->elsewhere);
	if (habit != PUBLISHER_PUBLISHES)
		return;
	refresh(publisher, publisher->table);
	hand_over(publisher);
	publisher->publications++;
}

/* To absolute times, as long as it keeps up with them. */
static void *publish(void *context)
{
	struct publisher *publisher = context;
	uint64_t next = now_ns();

	processor_leave();
	while (!publisher->stops) {
		struct timespec until;

		act(publisher, publisher->habit);
		publisher->rounds++;
		next = next + PERIOD_NS > now_ns() ? next + PERIOD_NS : now_ns();
		until = (struct timespec){ (time_t)(next / SECOND), (long)(next % SECOND) };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	return NULL;
}

struct publisher *publisher_start(enum target_backing backing, size_t mappings)
{
	struct publisher *publisher = calloc(1, sizeof(*publisher));

	if (!publisher)
		die("out of memory");
	publisher->mover = moving = mover_start_obedient(backing, mappings);
	publisher->table = new_table(publisher->mover->pid);
	publisher->elsewhere = new_table(publisher->mover->pid);
	pthread_mutex_init(&publisher->guarded.mutex, NULL);
	hand_over(publisher);
	if (pthread_create(&publisher->thread, NULL, publish, publisher) != 0)
		die("cannot start a thread");
	return publisher;
}

void publisher_stop(struct publisher *publisher)
{
	publisher->stops = true;
	pthread_join(publisher->thread, NULL);
	replace(&publisher->guarded, NULL);
	pthread_mutex_destroy(&publisher->guarded.mutex);
	mapsnap_table_free(publisher->table);
	mapsnap_table_free(publisher->elsewhere);
	mover_stop(publisher->mover);
	free(publisher);
}

/* One round may have begun with what it did before. */
void publisher_set(struct publisher *publisher, enum publisher_habit habit)
{
	struct timespec pause = { .tv_nsec = PERIOD_NS / 2 };
	uint64_t rounds;

	publisher->habit = habit;
	rounds = publisher->rounds;
	while (publisher->rounds < rounds + 2)
		nanosleep(&pause, NULL);
}
