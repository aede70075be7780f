/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that do the same work at the same time: the first on the bench's processor. */
#ifndef CREW_H
#define CREW_H

#include <stddef.h>
#include <stdint.h>

#define CREW_MOST 2

/* What they did together. */
struct crew_result {
	double per_second;     /* works, on the wall */
	double per_cpu_second; /* works, of their own processor time */
};

/* Each does work() again and again for that time, and once before. */
struct crew_result crew_run(size_t threads, uint64_t duration_ns,
			    void (*work)(void *context, size_t thread), void *context);

#endif
