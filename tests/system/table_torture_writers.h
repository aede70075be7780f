/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that write: one refreshes all the time, another adds and removes. */
#ifndef TABLE_TORTURE_WRITERS_H
#define TABLE_TORTURE_WRITERS_H

#include "table_torture.h"

#define TABLE_MOST_PIDS 4096

/* A pid that was added, and whose it is. */
struct table_pid {
	pid_t pid;
	const struct cast_part *part;
};

struct table_writer {
	struct table_run *run;
	struct table_tally tally;
	struct table_pid pids[TABLE_MOST_PIDS]; /* each once */
	size_t count;
};

/* For pthread_create(); the argument is a writer. */
void *table_refresher_run(void *writer);
void *table_manager_run(void *writer);

/*
 * After all threads: what need not be kept any longer is given up, while no process
 * goes on. The members of the manager are asked.
 */
void table_check_expiry(struct table_writer *manager);

#endif
