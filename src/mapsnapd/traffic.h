/* SPDX-License-Identifier: BSD-2-Clause */
/* What clients asked and were answered, since the start. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdatomic.h>
#include <stdint.h>

enum traffic_answer {
	TRAFFIC_OK,        /* 200 */
	TRAFFIC_UNCHANGED, /* 304 */
	TRAFFIC_WRONG,     /* other 4.. */
	TRAFFIC_FORBIDDEN, /* 403 */
	TRAFFIC_REFUSED,   /* 503 */
	TRAFFIC_KINDS
};

struct traffic {
	_Atomic uint64_t answers[TRAFFIC_KINDS];
};

static inline void traffic_count(struct traffic *traffic, unsigned int status)
{
	enum traffic_answer kind = status >= 500   ? TRAFFIC_REFUSED
				   : status == 403 ? TRAFFIC_FORBIDDEN
				   : status == 304 ? TRAFFIC_UNCHANGED
				   : status >= 400 ? TRAFFIC_WRONG
						   : TRAFFIC_OK;

	atomic_fetch_add_explicit(&traffic->answers[kind], 1, memory_order_relaxed);
}

#endif
