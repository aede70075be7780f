/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All members: by pid, for readers, and in a row, beside what is asked of the source
 * about each, for writers.
 */
#ifndef ROSTER_H
#define ROSTER_H

#include <stddef.h>
#include <sys/types.h>

#include "member.h"
#include "rcu.h"

struct roster {
	struct cds_lfht *by_pid;
	struct member **members;
	struct mapsnap_poll *polls; /* of the member at the same place */
	size_t count;
	size_t room;
	size_t buckets;
};

/* 0 or -ENOMEM. */
int roster_init(struct roster *roster);

/* Of an empty one. */
void roster_free(struct roster *roster);

/* Room for one more; 0 or -ENOMEM. Not in a section. */
int roster_reserve(struct roster *roster);

/* There is room for it, and none of this pid. */
void roster_add(struct roster *roster, struct member *member);

/* Readers may still look at it. The last one takes its place. */
void roster_remove(struct roster *roster, struct member *member);

/* In a section; NULL where there is none. */
struct member *roster_find(const struct roster *roster, pid_t pid);

/* In a section: the latest of this pid, maybe without a snapshot; NULL where there is none. */
const struct generation *roster_latest(const struct roster *roster, pid_t pid);

/* From now on it is asked whether the latest snapshot of this member has changed. */
void roster_expect(struct roster *roster, const struct member *member);

#endif
