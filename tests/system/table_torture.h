/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many threads resolve in one table while processes change, call exec, end and have
 * their pids reused, and the table is refreshed, added to and removed from. Each
 * answer is checked against what the targets promise.
 */
#ifndef TABLE_TORTURE_H
#define TABLE_TORTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mapsnap-table.h"
#include "table_torture_cast.h"

#define TABLE_HISTORY 4
#define TABLE_KEEP_NS 200000000u
#define TABLE_EVENTS  4096

struct table_settings {
	const char *source;
	uint64_t seconds;
	uint64_t resolvers;
	bool json;
};

/* What one thread, and in the end all of them, did and found. */
struct table_tally {
	uint64_t latest; /* batches in the latest snapshot */
	uint64_t timed;  /* by time; of them exact: */
	uint64_t timed_exact;
	uint64_t numbered; /* by sequence; of them exact: */
	uint64_t numbered_exact;
	uint64_t absent;     /* batches without an answer */
	uint64_t unfinished; /* that showed an address space before it was complete */
	uint64_t beyond;     /* that could not be judged: too much happened meanwhile */
	uint64_t asked;      /* addresses that were mapped throughout */
	uint64_t positive;   /* of them, those that were found */
	uint64_t controls;   /* batches of two halves */
	uint64_t seen;       /* of them, those that did not pass */
	uint64_t steps;      /* from one snapshot to the next */
	uint64_t resyncs;    /* of them, those without the one before */
	uint64_t rounds;
	uint64_t settled;   /* of them, those after which nothing may be older */
	uint64_t unsettled; /* looks at a process that came to nothing */
	uint64_t changed, added, removed;
	uint64_t execs, exits, reuses; /* events */
	uint64_t wrong;
	char why[300]; /* the first */
};

struct table_run {
	struct mapsnap_table *table;
	struct table_cast cast;
	bool numbered; /* the source is the targets' own sequence */
	atomic_bool over;
};

/* Counts what should not be, and keeps the first. */
__attribute__((format(printf, 2, 3))) void table_wrong(struct table_tally *tally,
						       const char *format, ...);

/* Runs all of it. Exits where it can't be done. */
void table_torture_run(const struct table_settings *settings, struct table_tally *total);

enum table_verdict {
	TABLE_GOOD = 0,
	TABLE_WRONG = 1,
	TABLE_VOID = 2, /* too little happened */
};

enum table_verdict table_torture_judge(const struct table_settings *settings,
				       const struct table_tally *total);

void table_torture_report(const struct table_settings *settings, const struct table_tally *total);

#endif
