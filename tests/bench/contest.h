/* SPDX-License-Identifier: BSD-2-Clause */
/* Two ways of doing the same thing, timed in turns. */
#ifndef CONTEST_H
#define CONTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"

struct effort {
	bool tiny;          /* small sizes, to see that it runs */
	uint64_t budget_ns; /* for a contest */
	size_t least_rounds;
};

struct contest {
	const char *bench;
	const char *against;
	char setting[64];
	/*
	 * Each does the work once, proves that it did, and returns the nanoseconds it took by
	 * spent_ns(): what other programs do meanwhile does not count, and nothing that is
	 * measured sleeps.
	 */
	uint64_t (*ours)(void *context);
	uint64_t (*theirs)(void *context);
	void *context;
	size_t operations; /* in one turn; the figures are for one of them */
};

/* Holds the contest and prints its result as a line of JSON. */
void contest_hold(const struct contest *contest, const struct effort *effort);

/* Of n values, not 0. Sorts them. */
double percentile(double *values, size_t n, double percent);

/* Says why, and ends the program with status 1. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* From SIGINT and SIGTERM: the program ends, in order, after the current turn. */
void contest_stop(int signal);

/* Ends the program here if that was asked for. */
void contest_heed_stop(void);

/* Sees to it that the result is written. */
void contest_flush(void);

#endif
