/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that resolves, and judges what it gets. */
#ifndef TABLE_TORTURE_RESOLVER_H
#define TABLE_TORTURE_RESOLVER_H

#include "table_torture.h"
#include "table_torture_batch.h"
#include "table_torture_control.h"

#define TABLE_INSTANTS 64
#define TABLE_NOTES    4096

/* A time at which both were looked at just before and just after. */
struct table_instant {
	struct cast_part *part;
	struct cast_look before, after;
	uint64_t time_ns;
};

/* That a snapshot showed this address space. */
struct table_note {
	const struct cast_part *part;
	pid_t pid;
	uint64_t number;
	uint64_t revision;
};

struct table_resolver {
	struct table_run *run;
	unsigned int seed;
	struct table_tally tally;
	struct table_batch batch;
	struct table_control control;
	struct table_instant instants[TABLE_INSTANTS];
	struct table_note notes[TABLE_NOTES];
	size_t noted;
	uint64_t revisions[CAST_MOST_PARTS]; /* the last that was seen */
	pid_t pids[CAST_MOST_PARTS];         /* of it */
};

/* pthread_create()'s; the argument is the resolver. */
void *table_resolver_run(void *resolver);

#endif
