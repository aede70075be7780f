/* SPDX-License-Identifier: BSD-2-Clause */
/* A process of low priority that reads another, over and over. */
#ifndef READER_H
#define READER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "source.h"

struct service;

/* How often the agent and the service look. */
#define READER_RATE 20

/*
 * Each of them, and then again. QUERY, SNAPSHOT and LOCKED are of the library, without a
 * retry.
 */
enum reader_habit {
	READER_NONE,     /* there is no reader */
	READER_CAT,      /* the whole text by read(2) */
	READER_REFRESH,  /* mapsnap_refresh(), as an agent would */
	READER_AGENT,    /* the whole text by read(2), so many times a second */
	READER_SERVICE,  /* mapsnapd, with as many rounds a second */
	READER_QUERY,    /* a PROCMAP_QUERY of each mapping */
	READER_SNAPSHOT, /* all of them by PROCMAP_SNAPSHOT */
	READER_LOCKED,   /* the same under the lock of the memory map */
	READER_HELD,     /* what changed since the last, each in a short hold of it */
	READER_HABITS,
};

/* Shared by both processes. */
struct reader {
	_Atomic uint64_t reads; /* made until now; for others by reader_reads() */
	enum reader_habit habit;
	const struct source *source;
	pid_t target;
	pid_t pid;
	struct service *service;
};

const char *reader_name(enum reader_habit habit);

/* Whether this kernel has what it takes. */
bool reader_possible(enum reader_habit habit, pid_t target);

/* Has read once when this returns. */
struct reader *reader_start(enum reader_habit habit, const struct source *source, pid_t target);

/* How often it has read until now. */
uint64_t reader_reads(const struct reader *reader);

void reader_stop(struct reader *reader);

#endif
