/* SPDX-License-Identifier: BSD-2-Clause */
/* A process of low priority that reads another, over and over. */
#ifndef READER_H
#define READER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "source.h"

/* Each of them, and then again. Those from the fourth to the sixth are of the library, without a
 * retry. */
enum reader_habit {
	READER_NONE,     /* there is no reader */
	READER_CAT,      /* the whole text by read(2) */
	READER_REFRESH,  /* mapsnap_refresh(), as an agent would */
	READER_QUERY,    /* a PROCMAP_QUERY of each mapping */
	READER_SNAPSHOT, /* all of them by PROCMAP_SNAPSHOT */
	READER_LOCKED,   /* the same under the lock of the memory map */
	READER_HELD,     /* what changed since the last, each in a short hold of it */
	READER_HABITS,
};

/* Shared by both processes. */
struct reader {
	_Atomic uint64_t reads; /* made until now */
	enum reader_habit habit;
	const struct source *source;
	pid_t target;
	pid_t pid;
};

const char *reader_name(enum reader_habit habit);

/* Whether this kernel has what it takes. */
bool reader_possible(enum reader_habit habit, pid_t target);

/* Has read once when this returns. */
struct reader *reader_start(enum reader_habit habit, const struct source *source, pid_t target);

void reader_stop(struct reader *reader);

#endif
