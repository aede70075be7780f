/* SPDX-License-Identifier: BSD-2-Clause */
#include "bodies.h"

#include <stdlib.h>

void bodies_init(struct bodies *bodies, size_t limit)
{
	*bodies = (struct bodies){ .mutex = PTHREAD_MUTEX_INITIALIZER, .limit = limit };
}

void bodies_free(struct bodies *bodies)
{
	pthread_mutex_destroy(&bodies->mutex);
}

static struct body *find(const struct bodies *bodies, struct body_key key)
{
	struct body *body;

	for (body = LIST_FIRST(&bodies->list); body; body = LIST_NEXT(body, link))
		if (body->key.kind == key.kind && body->key.number == key.number)
			return body;
	return NULL;
}

struct body *bodies_find(struct bodies *bodies, struct body_key key)
{
	struct body *body;

	pthread_mutex_lock(&bodies->mutex);
	body = key.kind == BODY_OWN ? NULL : find(bodies, key);
	if (body)
		body->references++;
	pthread_mutex_unlock(&bodies->mutex);
	return body;
}

bool bodies_could_have_room(const struct bodies *bodies, size_t size)
{
	return size <= bodies->limit;
}

static bool has_room(const struct bodies *bodies, size_t size)
{
	return bodies_could_have_room(bodies, size) && bodies->used <= bodies->limit - size;
}

bool bodies_have_room(struct bodies *bodies, size_t size)
{
	bool room;

	pthread_mutex_lock(&bodies->mutex);
	room = has_room(bodies, size);
	pthread_mutex_unlock(&bodies->mutex);
	return room;
}

static void release(struct body *body)
{
	free(body->bytes);
	free(body);
}

struct body *bodies_add(struct bodies *bodies, char *bytes, size_t size, struct body_key key,
			size_t leave)
{
	struct body *body = malloc(sizeof(*body));
	bool room;

	if (!body) {
		free(bytes);
		return NULL;
	}
	*body = (struct body){
		.bytes = bytes, .size = size, .key = key, .bodies = bodies, .references = 1
	};
	pthread_mutex_lock(&bodies->mutex);
	room = has_room(bodies, size + leave);
	if (room) {
		bodies->used += size;
		LIST_INSERT_HEAD(&bodies->list, body, link);
	}
	pthread_mutex_unlock(&bodies->mutex);
	if (room)
		return body;
	release(body);
	return NULL;
}

void body_unref(struct body *body)
{
	struct bodies *bodies = body->bodies;
	bool last;

	pthread_mutex_lock(&bodies->mutex);
	last = --body->references == 0;
	if (last) {
		bodies->used -= body->size;
		LIST_REMOVE(body, link);
	}
	pthread_mutex_unlock(&bodies->mutex);
	if (last)
		release(body);
}

size_t bodies_used(struct bodies *bodies)
{
	size_t used;

	pthread_mutex_lock(&bodies->mutex);
	used = bodies->used;
	pthread_mutex_unlock(&bodies->mutex);
	return used;
}
