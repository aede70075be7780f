/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether who asks may be told of a process, and of which state of it. */
#ifndef ADMISSION_H
#define ADMISSION_H

#include <stdbool.h>

#include "request.h"

/* Root, and who is in the group. */
bool admission_to_all(const struct request *request);

/* Of one question. */
#define ADMISSION_MOST GATE_MOST_CASES

/*
 * A process, and if the client may read the program that it runs: its latest snapshot, with a
 * reference, and what the table says of it.
 */
struct entrant {
	pid_t pid;
	/* 0; -ESRCH: it is not watched, or may not be known of; or what the gate says. */
	int result;
	struct mapsnap *snapshot;
	struct mapsnap_member member;
};

/* ADMISSION_MOST of them or less. */
void admission_to_each(const struct request *request, struct entrant *entrants, size_t count);

/* The same of one. */
int admission_to(const struct request *request, pid_t pid, struct mapsnap **snapshot,
		 struct mapsnap_member *member);

/* Of the room for answers, what who asks has to leave: half of it is for root and the group. */
size_t admission_leaves(const struct request *request);

/* Whether there is room for an answer of this size; of two at once both may find it. */
bool admission_has_room(const struct request *request, size_t size);

/* Whether there can ever be. */
bool admission_could_have_room(const struct request *request, size_t size);

/* Whether it is an error that says nothing of the client, and may not come again. */
bool admission_is_undecided(int error);

#endif
