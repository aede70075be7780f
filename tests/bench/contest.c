/* SPDX-License-Identifier: BSD-2-Clause */
#include "contest.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_ROUNDS 1000

struct score {
	size_t rounds;
	double ours[MOST_ROUNDS];
	double theirs[MOST_ROUNDS];
	double ratio[MOST_ROUNDS];
};

static volatile sig_atomic_t stopped;

void contest_stop(int signal)
{
	stopped = signal;
}

void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("mapsnap-bench: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

void contest_heed_stop(void)
{
	if (stopped)
		exit(128 + stopped);
}

void contest_flush(void)
{
	if (fflush(stdout) != 0)
		die("cannot write the result: is the disk full or the reader gone?");
}

/*
 * Who begins changes each round, so that what one leaves in the caches helps
 * and hinders both alike.
 */
static void hold_round(const struct contest *contest, struct score *score)
{
	size_t i = score->rounds++;
	uint64_t ours, theirs;

	if (i % 2) {
		theirs = contest->theirs(contest->context);
		ours = contest->ours(contest->context);
	} else {
		ours = contest->ours(contest->context);
		theirs = contest->theirs(contest->context);
	}
	score->ours[i] = (double)ours / (double)contest->operations;
	score->theirs[i] = (double)theirs / (double)contest->operations;
	score->ratio[i] = score->ours[i] / score->theirs[i];
	contest_heed_stop();
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double percentile(double *values, size_t n, double percent)
{
	qsort(values, n, sizeof(*values), compare);
	return values[(size_t)((double)(n - 1) * percent / 100)];
}

static void print_score(const struct contest *contest, struct score *score)
{
	size_t n = score->rounds;

	printf("{\"bench\":\"%s\",\"setting\":\"%s\",\"ours_ns\":%.1f,\"against\":\"%s\","
	       "\"against_ns\":%.1f,\"ratio\":%.4g,\"ratio_p10\":%.4g,\"ratio_p90\":%.4g,"
	       "\"rounds\":%zu}\n",
	       contest->bench, contest->setting, percentile(score->ours, n, 50), contest->against,
	       percentile(score->theirs, n, 50), percentile(score->ratio, n, 50),
	       percentile(score->ratio, n, 10), percentile(score->ratio, n, 90), n);
	contest_flush();
}

/* The first turns fill caches and heap, and do not count. */
void contest_hold(const struct contest *contest, const struct effort *effort)
{
	static struct score score;
	uint64_t end;

	score.rounds = 0;
	contest->ours(contest->context);
	contest->theirs(contest->context);
	end = now_ns() + effort->budget_ns;
	while (score.rounds < effort->least_rounds ||
	       (score.rounds < MOST_ROUNDS && now_ns() < end))
		hold_round(contest, &score);
	print_score(contest, &score);
}
