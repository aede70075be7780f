/* SPDX-License-Identifier: BSD-2-Clause */
#include "histogram.h"

#define FIRST_NS 10000ull

uint64_t histogram_bound_ns(unsigned int bucket)
{
	return FIRST_NS << (2 * bucket);
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
	unsigned int bucket = 0;

	while (bucket < HISTOGRAM_BUCKETS && ns > histogram_bound_ns(bucket))
		bucket++;
	atomic_fetch_add_explicit(&histogram->counts[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&histogram->sum_ns, ns, memory_order_relaxed);
}
