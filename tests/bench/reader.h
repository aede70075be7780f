/* SPDX-License-Identifier: BSD-2-Clause */
/* A process of low priority that reads another, over and over. */
#ifndef READER_H
#define READER_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "source.h"

enum reader_habit {
	READER_NONE,    /* there is no reader */
	READER_CAT,     /* the whole text by read(2), and again */
	READER_REFRESH, /* mapsnap_refresh(), and again */
};

/* Shared by both processes. */
struct reader {
	_Atomic uint64_t reads;    /* made until now */
	enum reader_habit habit;
	const struct source *source;
	pid_t target;
	pid_t pid;
};

/* Has read once when this returns. */
struct reader *reader_start(enum reader_habit habit, const struct source *source, pid_t target);

void reader_stop(struct reader *reader);

#endif
