/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that keeps a table up to date, 1,000 times a second or as often as it
 * can. Before each round the process that is in it moves one mapping, so that each
 * publishes a snapshot.
 */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap-table.h"
#include "mover.h"

enum publisher_habit {
	PUBLISHER_RESTS,
	PUBLISHER_ELSEWHERE, /* does the same with a table that nobody reads */
	PUBLISHER_PUBLISHES,
};

/* The last snapshot, as it is shared without RCU. */
struct guarded {
	pthread_mutex_t mutex;
	struct mapsnap *snapshot;
};

struct publisher {
	struct mapsnap_table *table;
	struct mapsnap_table *elsewhere;
	struct guarded guarded; /* the same snapshots as in the table */
	struct mover *mover;
	_Atomic uint64_t publications;
	_Atomic uint64_t rounds;
	_Atomic uint32_t habit; /* enum publisher_habit */
	atomic_bool stops;
	pthread_t thread;
};

/* It rests, and runs on another processor, where there is one. */
struct publisher *publisher_start(enum target_backing backing, size_t mappings);
void publisher_stop(struct publisher *publisher);

/* What it did before is over when this returns. */
void publisher_set(struct publisher *publisher, enum publisher_habit habit);

#endif
