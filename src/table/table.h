/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table consists of. One writer at a time; readers look at the roster alone. */
#ifndef TABLE_H
#define TABLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "build_id_cache.h"
#include "events.h"
#include "mapsnap-table.h"
#include "roster.h"
#include "store.h"
#include "timer.h"

struct mapsnap_table {
	pthread_mutex_t writer;
	struct roster roster;
	struct store store;
	struct events events;
	struct timer timer;
	struct mapsnap_options read;
	struct build_id_cache *cache; /* NULL: no build-ids are wanted */
	struct mapsnap *empty;
	uint64_t revision;  /* the last that was given */
	uint32_t processes; /* at most; 0: any number */
	bool polls;         /* the source tells who changed, ended or called exec */
	struct mapsnap_table *next, *previous; /* of all tables, for fork */
};

/*
 * Around all that a writer does. -EDEADLK in a reader's section, which the writer
 * would have to wait for. What was replaced is freed at the end.
 */
int table_begin(struct mapsnap_table *table);
void table_end(struct mapsnap_table *table);

#endif
