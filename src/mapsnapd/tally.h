/* SPDX-License-Identifier: BSD-2-Clause */
/* What was done since the start; written by the thread that watches, read by any. */
#ifndef TALLY_H
#define TALLY_H

#include <stdatomic.h>
#include <stdint.h>

#include "histogram.h"
#include "mapsnap-table.h"

#define TALLY_LABELS  (MAPSNAP_FROZEN + 1)
#define TALLY_SOURCES (MAPSNAP_SOURCE_IOCTL + 1)
#define TALLY_EVENTS  (MAPSNAP_EVENT_LOST + 1)

struct tally {
	_Atomic uint64_t rounds;
	_Atomic uint64_t asked;   /* "has it changed?" */
	_Atomic uint64_t avoided; /* readings, as it had not */
	_Atomic uint64_t
		put_off; /* readings, as it was not their time yet or nothing was left to spend */
	_Atomic uint64_t unsettled; /* readings that were given up as it changed all the time */
	_Atomic uint64_t failed;    /* by any other error */
	_Atomic uint64_t attempts;  /* of readings that gave a snapshot */
	_Atomic uint64_t fallbacks; /* of them, those whose attempts all were in vain */
	_Atomic uint64_t mappings;  /* that were read for them */
	_Atomic uint64_t snapshots[TALLY_LABELS][TALLY_SOURCES];
	_Atomic uint64_t became[TALLY_EVENTS]; /* processes, by enum mapsnap_event_type */
	struct histogram reading;
	struct histogram round;
	struct histogram staleness;  /* from "it has changed" to the end of its reading */
	_Atomic uint64_t stale;      /* processes that have changed and were not read yet */
	_Atomic uint64_t stalest_ns; /* for how long the one of them that waits longest */
	_Atomic uint64_t last_ns;    /* when the last round ended, CLOCK_MONOTONIC */
	_Atomic uint64_t spent_ns;   /* processor time of the thread */
};

static inline void tally_add(_Atomic uint64_t *count, uint64_t n)
{
	atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

static inline uint64_t tally_of(const _Atomic uint64_t *count)
{
	return atomic_load_explicit((_Atomic uint64_t *)count, memory_order_relaxed);
}

/* A snapshot that was published, and what it took. */
void tally_snapshot(struct tally *tally, const struct mapsnap_info *info);

/* What became of a process, an enum mapsnap_event_type. */
void tally_event(struct tally *tally, uint32_t type);

#endif
