/* SPDX-License-Identifier: BSD-2-Clause */
/* How long things took: counts in buckets, each four times as wide as the one before. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS 12

/* Any thread adds, any reads: sum and counts may be of slightly different moments. */
struct histogram {
	_Atomic uint64_t counts[HISTOGRAM_BUCKETS + 1]; /* the last: beyond all bounds */
	_Atomic uint64_t sum_ns;
};

void histogram_add(struct histogram *histogram, uint64_t ns);

/* Inclusive: 10 us, 40 us, ... 42 s. */
uint64_t histogram_bound_ns(unsigned int bucket);

#endif
