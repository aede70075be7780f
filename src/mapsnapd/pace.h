/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often one process is read. Where it is told that nothing has changed that costs
 * nothing, and one that changes all the time is read less and less often. Where nobody
 * tells, one that never changes is.
 */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace_bounds {
	uint64_t least_ns; /* between two readings */
	uint64_t most_ns;
};

struct pace {
	uint64_t interval_ns; /* 0: as short as may be */
	uint64_t read_ns;     /* the last time; 0: never */
	uint64_t noticed_ns;  /* when it was told to have changed since; 0: it was not */
};

/* It may have changed. */
void pace_notice(struct pace *pace, uint64_t now);

/* From when on it may be read again. */
uint64_t pace_next(const struct pace *pace, const struct pace_bounds *bounds);

/*
 * It was read, having been told to have changed, for so much processor time. It is
 * never read so often that this alone takes a quarter of `share`, which is of one
 * processor.
 */
void pace_told(struct pace *pace, const struct pace_bounds *bounds, uint64_t took_ns, double share,
	       uint64_t now);

/* The same where nobody tells, and it was found to have changed, or not. */
void pace_found(struct pace *pace, const struct pace_bounds *bounds, bool changed, uint64_t took_ns,
		double share, uint64_t now);

#endif
