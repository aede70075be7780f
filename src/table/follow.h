/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a process from one look at it to the next. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <stdint.h>

#include "table.h"

enum follow {
	FOLLOW_UNCHANGED,
	FOLLOW_CHANGED,
	FOLLOW_REPLACED,
	FOLLOW_ENDED,
	FOLLOW_UNSETTLED,
	FOLLOW_FAILED,
	FOLLOW_REMOVED, /* the member is gone */
	FOLLOW_ABSENT,  /* it has ended or can't be read, as before */
};

/* The first snapshot of a member that is in no roster yet. 0 or a negative errno. */
int follow_first(struct mapsnap_table *table, struct member *member, uint64_t now);

/* Reads what may have changed, and follows exec and pid reuse. */
enum follow follow_on(struct mapsnap_table *table, struct member *member, uint64_t now);

/* Nothing has changed until then. */
void follow_held(struct member *member, uint64_t until_ns);

/* Takes it out of the roster and tells so. */
void follow_remove(struct mapsnap_table *table, struct member *member, uint64_t now);

/* An event about it, with the latest revision. */
void follow_tell(struct mapsnap_table *table, const struct member *member,
		 enum mapsnap_event_type type, uint64_t now);

#endif
