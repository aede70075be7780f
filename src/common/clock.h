/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clocks in ns: now_ns() is the one that never jumps, of snapshots and of samples, spent_ns()
 * the processor time of this thread, in user and kernel.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#define SECOND UINT64_C(1000000000)

static inline struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND) };
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* What is left until then; nothing where that has been. */
static inline struct timespec time_left(uint64_t until_ns)
{
	uint64_t now = now_ns();

	return timespec_of(until_ns > now ? until_ns - now : 0);
}

static inline uint64_t spent_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

#endif
