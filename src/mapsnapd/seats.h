/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is connected: so many at a time, and of one user so many of them, for the others are to
 * find room. Who finds none is told so, and where too many would have to be told they are not
 * even that.
 */
#ifndef SEATS_H
#define SEATS_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

struct seat {
	uid_t uid;
	bool trusted; /* root, or in the group: not bounded as a user */
	bool refused; /* is only told that there is no room */
	LIST_ENTRY(seat) link;
};

struct seats {
	pthread_mutex_t mutex;
	LIST_HEAD(seat_list, seat) list;
	unsigned int most; /* that are not refused */
};

void seats_init(struct seats *seats, unsigned int most);

/* All must have been left. */
void seats_free(struct seats *seats);

/* The most that there can be with those that are refused. */
unsigned int seats_with_refused(unsigned int most);

/* NULL: there is no room even to refuse. */
struct seat *seats_take(struct seats *seats, uid_t uid, bool trusted);
void seats_leave(struct seats *seats, struct seat *seat);

#endif
