/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened to the processes of a table: the last so many events, for any number of listeners.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap-table.h"

struct events {
	pthread_mutex_t mutex;
	struct mapsnap_event *ring;
	size_t room;
	uint64_t count; /* that there ever were */
};

/* 0 or -ENOMEM. */
int events_init(struct events *events, size_t room);
void events_free(struct events *events);

void events_add(struct events *events, const struct mapsnap_event *event);

/* See mapsnap_table_events(). */
size_t events_read(struct events *events, uint64_t *cursor, struct mapsnap_event *to, size_t n);

#endif
