/* SPDX-License-Identifier: BSD-2-Clause */
#include "pace.h"

void pace_notice(struct pace *pace, uint64_t now)
{
	if (!pace->noticed_ns)
		pace->noticed_ns = now;
}

static uint64_t clamp(uint64_t interval_ns, const struct pace_bounds *bounds)
{
	if (interval_ns < bounds->least_ns)
		return bounds->least_ns;
	return interval_ns < bounds->most_ns ? interval_ns : bounds->most_ns;
}

uint64_t pace_next(const struct pace *pace, const struct pace_bounds *bounds)
{
	return pace->read_ns ? pace->read_ns + clamp(pace->interval_ns, bounds) : 0;
}

static void set(struct pace *pace, const struct pace_bounds *bounds, uint64_t interval_ns,
		uint64_t took_ns, double share, uint64_t now)
{
	double affordable = 4 * (double)took_ns / share;

	if ((double)interval_ns < affordable)
		interval_ns = affordable < (double)bounds->most_ns ? (uint64_t)affordable
								   : bounds->most_ns;
	pace->interval_ns = clamp(interval_ns, bounds);
	pace->read_ns = now;
	pace->noticed_ns = 0;
}

/* By when it was told after the last reading: at once, in time, or long after it might have been.
 */
static uint64_t next_interval(const struct pace *pace, const struct pace_bounds *bounds)
{
	uint64_t interval_ns = clamp(pace->interval_ns, bounds);
	uint64_t quiet_ns = pace->noticed_ns - pace->read_ns;

	if (!pace->read_ns || !pace->noticed_ns)
		return bounds->least_ns;
	if (quiet_ns <= 2 * bounds->least_ns)
		return 2 * interval_ns;
	return quiet_ns < 2 * interval_ns ? interval_ns : bounds->least_ns;
}

void pace_told(struct pace *pace, const struct pace_bounds *bounds, uint64_t took_ns, double share,
	       uint64_t now)
{
	set(pace, bounds, next_interval(pace, bounds), took_ns, share, now);
}

void pace_found(struct pace *pace, const struct pace_bounds *bounds, bool changed, uint64_t took_ns,
		double share, uint64_t now)
{
	uint64_t interval_ns = clamp(pace->interval_ns, bounds);

	set(pace, bounds, changed || !pace->read_ns ? bounds->least_ns : 2 * interval_ns, took_ns,
	    share, now);
}
