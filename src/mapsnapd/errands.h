/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks at processes that an answer can't do without. To look at one takes as long as the
 * process likes, whose locks may be held, and as long as the watching thread does, which may
 * have to wait for a processor. Who answers waits for neither: a thread of its own looks.
 */
#ifndef ERRANDS_H
#define ERRANDS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "mapsnap-table.h"

/* So long each call waits at most. */
#define ERRANDS_PATIENCE_NS UINT64_C(500000000)

struct errand_look {
	pid_t pid;
	int result;
};

struct errands {
	struct mapsnap_table *table;
	pthread_t thread;
	pthread_mutex_t mutex; /* around what follows */
	pthread_cond_t come, done;
	STAILQ_HEAD(errand_queue, errand) queue;
	bool stuck; /* who waited for the one that is run has given up */
	bool over, ended;
};

/* 0 or a negative errno. */
int errands_start(struct errands *errands, struct mapsnap_table *table);

/* False: it does not come back, and goes on to use the table until the program ends. */
bool errands_stop(struct errands *errands);

/*
 * Looks at each, with the result of mapsnap_table_refresh_pid(). Returns 0, -ETIMEDOUT (none
 * of them is done in time, or would be as an earlier one is not), or -ENOMEM.
 */
int errands_run(struct errands *errands, struct errand_look *looks, size_t count);

#endif
