/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that a seed settles. */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_random {
	uint64_t state;
};

/* splitmix64: any seed will do. */
static inline uint64_t fuzz_next(struct fuzz_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline uint64_t fuzz_below(struct fuzz_random *random, uint64_t limit)
{
	return fuzz_next(random) % limit;
}

static inline bool fuzz_one_in(struct fuzz_random *random, uint64_t n)
{
	return fuzz_below(random, n) == 0;
}

/* Of any magnitude. */
static inline uint64_t fuzz_number(struct fuzz_random *random)
{
	return fuzz_next(random) >> fuzz_below(random, 64);
}

#endif
