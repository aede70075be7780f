/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for processes, by libproc2. */
#ifndef CENSUS_H
#define CENSUS_H

#include <stddef.h>
#include <sys/types.h>

#include "candidate.h"

/*
 * Called for each process that meets the criteria. What it takes out of the candidate it
 * leaves NULL there. A negative errno ends the search.
 */
typedef int census_take(struct candidate *candidate, void *context);

/*
 * Among all processes, or among these: those that are gone are passed over, and so is
 * this process itself. Return 0 or a negative errno.
 */
int census_all(const struct criteria *criteria, census_take *take, void *context);
int census_among(const pid_t *pids, size_t count, const struct criteria *criteria,
		 census_take *take, void *context);

#endif
