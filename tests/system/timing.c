/* SPDX-License-Identifier: BSD-2-Clause */
#include "timing.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

uint64_t timing_random(double mean)
{
	return (uint64_t)(-log(1 - drand48()) * mean);
}

void timing_sleep(uint64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	nanosleep(&t, NULL);
}
