/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processes that are watched: a table, and what one thread does to keep it up to
 * date. It looks for processes that match, brings the table up to date, and says
 * what that took.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "mapsnap-table.h"
#include "target.h"

struct watch_options {
	struct criteria criteria; /* none: all processes */
	const pid_t *pids;        /* these instead */
	size_t pid_count;
	uint64_t interval_ns; /* between two rounds */
	uint64_t memory;      /* bytes; 0: no bound */
	uint64_t keep_ns;     /* after the end of a process */
	const struct mapsnap_sequence *sequence;
};

/* What was done since the start; written by that thread, read by any. */
struct watch_counts {
	_Atomic uint64_t rounds;
	_Atomic uint64_t asked;   /* "has it changed?" */
	_Atomic uint64_t changed; /* of them */
	_Atomic uint64_t replaced;
	_Atomic uint64_t ended;
	_Atomic uint64_t unsettled;
	_Atomic uint64_t failed;
	_Atomic uint64_t
		refused; /* processes that could not be opened or held, at the last search */
	_Atomic uint64_t round_ns;     /* in all rounds */
	_Atomic uint64_t last_ns;      /* when the last round ended, CLOCK_MONOTONIC */
	_Atomic uint64_t processor_ns; /* of the thread */
};

struct watch {
	struct mapsnap_table *table;
	struct watch_options options;
	struct watch_counts counts;
};

/* 0 or a negative errno. */
int watch_init(struct watch *watch, const struct watch_options *options);
void watch_free(struct watch *watch);

/* One round; always by the same thread. Returns when the next one is due, CLOCK_MONOTONIC. */
uint64_t watch_round(struct watch *watch);

#endif
