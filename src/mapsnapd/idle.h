/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef IDLE_H
#define IDLE_H

#include <pthread.h>
#include <sched.h>

/* What this thread watches has priority before it, always; so have those who ask. */
static inline void be_idle(void)
{
	const struct sched_param lowest = { 0 };

	pthread_setschedparam(pthread_self(), SCHED_IDLE, &lowest);
}

#endif
