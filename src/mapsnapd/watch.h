/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processes that are watched: a table, and what one thread does to keep it up to
 * date. It looks for processes that match, asks of all at once whether they have changed,
 * reads those whose time has come for as long as there is something to spend, and keeps
 * account of it.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "budget.h"
#include "lookout.h"
#include "mapsnap-table.h"
#include "pace.h"
#include "roll.h"
#include "tally.h"

/* What may be changed while it runs. */
struct watch_terms {
	struct lookout_options whom;
	struct pace_bounds bounds;
	double share; /* of one processor, that watching may take */
};

/* Of them what other threads look at, to which the rest means nothing while it is changed. */
struct watch_in_force {
	_Atomic uint64_t least_ns, most_ns; /* between two readings */
	_Atomic double share;
};

struct watch_options {
	struct watch_terms terms;
	uint64_t memory;  /* bytes; 0: no bound */
	uint64_t keep_ns; /* after the end of a process */
	size_t hold;      /* processes that may be kept open, at two descriptors each */
	const struct mapsnap_sequence *sequence;
};

struct watch {
	struct mapsnap_table *table;
	struct watch_options options;
	struct lookout lookout;
	struct roll roll;
	struct tally tally;
	struct watch_in_force in_force;

	/* Of the thread. */
	struct budget budget;
	uint64_t cursor; /* of the table's events */
	pid_t *due;
	struct task *tasks;
	size_t room; /* for either */
	size_t due_count;
	size_t task_count;
	uint64_t began_ns; /* the round */
	int error;         /* why some that it was to read were not, unless the kernel refused */
	bool tells;        /* the source says who has changed */
};

/* 0 or a negative errno. */
int watch_init(struct watch *watch, const struct watch_options *options);
void watch_free(struct watch *watch);

/* All of these by one thread, always the same. */

/* One round. Returns when the next one is due, CLOCK_MONOTONIC. */
uint64_t watch_round(struct watch *watch);

/* From the next round on. What the terms refer to is borrowed. */
void watch_change(struct watch *watch, const struct watch_terms *terms);

#endif
