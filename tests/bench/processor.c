/* SPDX-License-Identifier: BSD-2-Clause */
#include "processor.h"

#include <sched.h>

static cpu_set_t pinned, others;

/* The last that is allowed. */
void processor_pin(void)
{
	int last = 0;

	if (sched_getaffinity(0, sizeof(others), &others) < 0)
		return;
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &others))
			last = i;
	CPU_CLR(last, &others);
	CPU_SET(last, &pinned);
	sched_setaffinity(0, sizeof(pinned), &pinned);
}

void processor_leave(void)
{
	sched_setaffinity(0, sizeof(others), &others);
}

void processor_return(void)
{
	sched_setaffinity(0, sizeof(pinned), &pinned);
}
