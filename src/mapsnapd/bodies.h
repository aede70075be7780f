/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bodies of answers, from when they are made until the last client has read them or
 * gone: how much memory they take together is bounded, and what many clients ask for at
 * once is made once.
 */
#ifndef BODIES_H
#define BODIES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* What a mapping takes as JSON, mostly: to ask for room. */
#define BYTES_OF_MAPPING 256

enum body_kind {
	BODY_OWN,      /* of one client alone */
	BODY_SNAPSHOT, /* the number is its revision */
	BODY_EVENT,    /* the number is its place among all; for those who may read everything */
};

struct body_key {
	enum body_kind kind;
	uint64_t number;
};

struct body {
	char *bytes;
	size_t size;
	struct body_key key;

	/* Of the bodies. */
	struct bodies *bodies;
	size_t references;
	LIST_ENTRY(body) link;
};

struct bodies {
	pthread_mutex_t mutex;
	LIST_HEAD(body_list, body) list;
	size_t used, limit; /* bytes */
};

void bodies_init(struct bodies *bodies, size_t limit);

/* All must have been given back. */
void bodies_free(struct bodies *bodies);

/* The one that there is already, with a reference; NULL: there is none. */
struct body *bodies_find(struct bodies *bodies, struct body_key key);

/*
 * Takes bytes over, for free(3), whatever happens. Returns a body with a reference, or NULL:
 * there is no room for it beside `leave` bytes more.
 */
struct body *bodies_add(struct bodies *bodies, char *bytes, size_t size, struct body_key key,
			size_t leave);

/* Whether there would be room for so much: asked before it is made. */
bool bodies_have_room(struct bodies *bodies, size_t size);

/* Whether there would be, once no other is left: who waits otherwise does so for ever. */
bool bodies_could_have_room(const struct bodies *bodies, size_t size);

void body_unref(struct body *body);

size_t bodies_used(struct bodies *bodies);

#endif
