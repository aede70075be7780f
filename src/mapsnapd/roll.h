/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that are watched, by pid. One thread changes it, under its lock; others look at it
 * under the lock, and briefly, as that thread has the lowest priority.
 */
#ifndef ROLL_H
#define ROLL_H

#include <pthread.h>
#include <stddef.h>

#include "groups.h"
#include "subject.h"

struct roll {
	pthread_mutex_t mutex;
	void *tree; /* of tsearch(3) */
	size_t counts[SUBJECT_REFUSED + 1];
	struct groups groups;
	uint64_t steps[GROUPS_MOST + 1]; /* of the sequences of a group's members */
};

void roll_init(struct roll *roll);
void roll_free(struct roll *roll);

void roll_lock(struct roll *roll);
void roll_unlock(struct roll *roll);

/* NULL where there is none. Without the lock only in the thread that changes the roll. */
struct subject *roll_find(const struct roll *roll, pid_t pid);

/* A new one, of this group; there is none of that pid yet. NULL: out of memory. */
struct subject *roll_add(struct roll *roll, pid_t pid, const char *group);
void roll_remove(struct roll *roll, struct subject *subject);

void roll_set_state(struct roll *roll, struct subject *subject, enum subject_state state);
/* The same where the lock is not held yet. */
void roll_change_state(struct roll *roll, struct subject *subject, enum subject_state state);
void roll_set_group(struct roll *roll, struct subject *subject, const char *group);

typedef void roll_visit(struct subject *subject, void *context);

/* All of them, by ascending pid. The visit may not add or remove any. */
void roll_walk(const struct roll *roll, roll_visit *visit, void *context);

#endif
