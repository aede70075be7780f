/* SPDX-License-Identifier: BSD-2-Clause */
#include "events.h"

#include <errno.h>
#include <stdlib.h>

int events_init(struct events *events, size_t room)
{
	*events = (struct events){ .room = room };
	events->ring = calloc(room, sizeof(*events->ring));
	if (!events->ring)
		return -ENOMEM;
	pthread_mutex_init(&events->mutex, NULL);
	return 0;
}

void events_free(struct events *events)
{
	pthread_mutex_destroy(&events->mutex);
	free(events->ring);
}

void events_add(struct events *events, const struct mapsnap_event *event)
{
	pthread_mutex_lock(&events->mutex);
	events->ring[events->count++ % events->room] = *event;
	pthread_mutex_unlock(&events->mutex);
}

/* How many that come next are no longer there. */
static uint64_t count_lost(const struct events *events, uint64_t cursor)
{
	uint64_t oldest = events->count > events->room ? events->count - events->room : 0;

	return cursor < oldest ? oldest - cursor : 0;
}

static size_t copy(const struct events *events, uint64_t *cursor, struct mapsnap_event *to,
		   size_t n)
{
	uint64_t lost = count_lost(events, *cursor);
	size_t given = 0;

	if (lost && n) {
		to[given++] =
			(struct mapsnap_event){ .type = MAPSNAP_EVENT_LOST, .revision = lost };
		*cursor += lost;
	}
	while (given < n && *cursor < events->count)
		to[given++] = events->ring[(*cursor)++ % events->room];
	return given;
}

size_t events_read(struct events *events, uint64_t *cursor, struct mapsnap_event *to, size_t n)
{
	size_t given;

	pthread_mutex_lock(&events->mutex);
	given = copy(events, cursor, to, n);
	pthread_mutex_unlock(&events->mutex);
	return given;
}
