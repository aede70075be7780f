/* SPDX-License-Identifier: BSD-2-Clause */
#include "seats.h"

#include <stdlib.h>

struct count {
	unsigned int all;
	unsigned int others; /* of them, those that are not trusted */
	unsigned int own;    /* of them, those of one user */
};

void seats_init(struct seats *seats, unsigned int most)
{
	*seats = (struct seats){ .mutex = PTHREAD_MUTEX_INITIALIZER, .most = most };
}

void seats_free(struct seats *seats)
{
	pthread_mutex_destroy(&seats->mutex);
}

static unsigned int quarter(unsigned int most)
{
	return most < 4 ? 1 : most / 4;
}

/* To be told so takes a connection as well, and who asks nothing keeps it. */
static unsigned int most_refused(unsigned int most)
{
	return quarter(most) + 16;
}

unsigned int seats_with_refused(unsigned int most)
{
	return most + most_refused(most);
}

static struct count count(const struct seats *seats, uid_t uid, bool refused)
{
	struct count count = { 0 };
	const struct seat *seat;

	for (seat = LIST_FIRST(&seats->list); seat; seat = LIST_NEXT(seat, link)) {
		if (seat->refused != refused)
			continue;
		count.all++;
		count.others += !seat->trusted;
		count.own += seat->uid == uid;
	}
	return count;
}

/* A user may have many numbers: a quarter remains for who is trusted. */
static bool has_room(const struct seats *seats, const struct seat *seat)
{
	struct count taken = count(seats, seat->uid, false);

	if (taken.all >= seats->most)
		return false;
	return seat->trusted || (taken.own < quarter(seats->most) &&
				 taken.others + quarter(seats->most) < seats->most);
}

static bool has_room_to_refuse(const struct seats *seats, const struct seat *seat)
{
	struct count refused = count(seats, seat->uid, true);
	unsigned int most = most_refused(seats->most);

	return refused.all < most && (seat->trusted || refused.own < most / 2);
}

struct seat *seats_take(struct seats *seats, uid_t uid, bool trusted)
{
	struct seat *seat = malloc(sizeof(*seat));
	bool room;

	if (!seat)
		return NULL;
	*seat = (struct seat){ .uid = uid, .trusted = trusted };
	pthread_mutex_lock(&seats->mutex);
	seat->refused = !has_room(seats, seat);
	room = !seat->refused || has_room_to_refuse(seats, seat);
	if (room)
		LIST_INSERT_HEAD(&seats->list, seat, link);
	pthread_mutex_unlock(&seats->mutex);
	if (room)
		return seat;
	free(seat);
	return NULL;
}

void seats_leave(struct seats *seats, struct seat *seat)
{
	pthread_mutex_lock(&seats->mutex);
	LIST_REMOVE(seat, link);
	pthread_mutex_unlock(&seats->mutex);
	free(seat);
}
