/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table tells by events, beside what was seen of it. */
#ifndef TABLE_TORTURE_LISTENER_H
#define TABLE_TORTURE_LISTENER_H

#include "table_torture.h"
#include "table_torture_resolver.h"
#include "table_torture_writers.h"

struct table_listener {
	struct table_run *run;
	struct table_tally tally;
	struct mapsnap_event *events;
	size_t count, room;
	uint64_t cursor;
};

/* For pthread_create(); the argument is a listener. */
void *table_listener_run(void *listener);

/* Takes what has come since. */
void table_listener_hear(struct table_listener *listener);

/* After all threads: whether the events of each process follow upon each other. */
void table_listener_check_events(struct table_listener *listener,
				 const struct table_writer *manager);

/* Whether they tell of what this thread saw. */
void table_listener_check_notes(struct table_listener *listener,
				const struct table_resolver *resolver);

void table_listener_free(struct table_listener *listener);

#endif
