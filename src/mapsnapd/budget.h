/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processor time that may be spent: so much of one processor, saved up for a while. What
 * was spent beyond it is made up for before anything else is spent.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
	double share;      /* of one processor */
	int64_t credit_ns; /* below 0: overdrawn */
	uint64_t wall_ns, spent_ns;
};

/* At this time, of CLOCK_MONOTONIC, so much had been spent by whoever has the budget. */
struct budget budget_new(double share, uint64_t wall_ns, uint64_t spent_ns);
void budget_update(struct budget *budget, uint64_t wall_ns, uint64_t spent_ns);

bool budget_is_left(const struct budget *budget);

/* How long until there is some again; 0 where there is. */
uint64_t budget_wait(const struct budget *budget);

#endif
