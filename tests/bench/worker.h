/* SPDX-License-Identifier: BSD-2-Clause */
/* A target that works when it is told to, and times what it does. */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target.h"

#define WORKER_MOST_PAIRS 1000000

struct worker_task {
	bool fault;                    /* or else map and unmap a page */
	unsigned int pairs_per_second; /* 0: as fast as it can */
	uint64_t duration_ns;
};

/* Shared by both processes. */
struct worker {
	pid_t pid;
	struct worker_task task;
	double faults_per_second;          /* of both threads, by the last task */
	size_t pairs;                      /* by the last task, at least one */
	double took_ns[WORKER_MOST_PAIRS]; /* each mmap with its munmap, on the wall */
	char *page;                        /* in a hole: what is mapped there stays alone */
	int orders[2];
	int answers[2];
};

struct worker *worker_start(enum target_backing backing, size_t mappings);
void worker_stop(struct worker *worker);

/* Returns when the task is done. */
void worker_do(struct worker *worker, const struct worker_task *task);

#endif
