/* SPDX-License-Identifier: BSD-2-Clause */
#include "timing.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

uint64_t timing_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t timing_random(double mean)
{
	return (uint64_t)(-log(1 - drand48()) * mean);
}

void timing_sleep(uint64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	nanosleep(&t, NULL);
}
