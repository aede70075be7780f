/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a long run has come: a line on standard error that replaces itself. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool wanted; /* somebody looks at standard error, and nothing else appears there meanwhile
		      */
	bool shown;
	uint64_t next_ns;
	size_t total;
};

/* Nothing is shown in the first second. */
struct progress progress_begin(bool wanted, size_t total);

void progress_step(struct progress *progress, size_t done);

/* Removes the line, before anything else is written there. */
void progress_clear(struct progress *progress);

#endif
