/* SPDX-License-Identifier: BSD-2-Clause */
#include "budget.h"

/* Nothing is saved up for longer: a burst then takes no more than it would have in this time. */
#define SAVED_NS 30e9

static int64_t most(const struct budget *budget)
{
	return (int64_t)(budget->share * SAVED_NS);
}

struct budget budget_new(double share, uint64_t wall_ns, uint64_t spent_ns)
{
	struct budget budget = { .share = share, .wall_ns = wall_ns, .spent_ns = spent_ns };

	budget.credit_ns = most(&budget);
	return budget;
}

void budget_update(struct budget *budget, uint64_t wall_ns, uint64_t spent_ns)
{
	budget->credit_ns += (int64_t)(budget->share * (double)(wall_ns - budget->wall_ns));
	budget->credit_ns -= (int64_t)(spent_ns - budget->spent_ns);
	if (budget->credit_ns > most(budget))
		budget->credit_ns = most(budget);
	budget->wall_ns = wall_ns;
	budget->spent_ns = spent_ns;
}

bool budget_is_left(const struct budget *budget)
{
	return budget->credit_ns > 0;
}

uint64_t budget_wait(const struct budget *budget)
{
	return budget->credit_ns > 0 ? 0
				     : (uint64_t)((double)-budget->credit_ns / budget->share) + 1;
}
