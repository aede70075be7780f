/* SPDX-License-Identifier: BSD-2-Clause */
/* Samples of a process that keeps changing its plugins, and what they are taken for. */
#ifndef ATTRIBUTION_H
#define ATTRIBUTION_H

#include <stddef.h>
#include <stdint.h>

#include "mapsnap-table.h"

struct attribution_settings {
	uint64_t seconds;
	uint64_t rate;      /* rounds of the table a second */
	uint64_t life_ms;   /* of each plugin */
	uint64_t period_us; /* from sample to sample */
	const struct mapsnap_sequence *sequence;
};

/* Of those samples of which the process says what ran. */
struct attribution_tally {
	size_t right; /* file and build-id */
	size_t wrong;
	size_t unknown; /* said to be, or to be of no plugin */
};

struct attribution_result {
	struct attribution_tally exact, near; /* by the table, by the label of each answer */
	struct attribution_tally start;       /* by one snapshot at the beginning */
	size_t samples;                       /* of plugins */
	size_t others;                        /* which are not judged */
	size_t calls;
	size_t reused; /* of them, those at the addresses of the one before */
	uint64_t lost;
	uint64_t rounds;
};

void attribution_run(const struct attribution_settings *settings,
		     struct attribution_result *result);

#endif
