/* SPDX-License-Identifier: BSD-2-Clause */
/* The fallback frozen: a read while nobody runs who could change the mappings. */
#ifndef FROZEN_H
#define FROZEN_H

#include <stdbool.h>
#include <stdint.h>

#include "attempt.h"
#include "freeze.h"
#include "sharers.h"

struct frozen {
	struct attempt *attempt;
	struct freeze freeze;
	struct sharers sharers;
	int result;
	int refused; /* a negative errno: why they could not be stopped */
	bool stuck;  /* the freeze's obstacle did not stand in time */
	bool known;  /* none of them ran meanwhile */
	uint64_t pause_ns;
};

/*
 * Reads. DONE: what was read stands in the attempt. If it watches a source
 * still, that proves it; otherwise it is `known` that nobody ran, or it isn't.
 * CHANGED: somebody did not stand in time, or it changed even so. Or what a route
 * returns, or what it was refused with.
 */
int frozen_read(struct frozen *frozen, struct attempt *attempt);

#endif
