/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that goes from one snapshot of each process to the next. */
#ifndef TABLE_TORTURE_FOLLOWER_H
#define TABLE_TORTURE_FOLLOWER_H

#include "table_torture.h"

struct table_follower {
	struct table_run *run;
	struct table_tally tally;
	struct {
		pid_t pid;
		uint64_t revision;
		struct mapsnap *last; /* a reference, or NULL */
	} trails[CAST_MOST_PARTS];
};

/* For pthread_create(); the argument is a follower. */
void *table_follower_run(void *follower);

/* The snapshots are valid until then, also without the table. */
void table_follower_free(struct table_follower *follower);

#endif
