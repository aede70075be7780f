/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One attempt at reading: the route that is taken, the room that it needs, and
 * whether anything changed meanwhile.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include <stdint.h>

#include "builder.h"
#include "process.h"
#include "request.h"
#include "route.h"
#include "sequence.h"

struct attempt {
	struct mapsnap_process *process;
	const struct request *request;
	const struct route *route;
	struct reading reading;
	struct watch watch;
};

void attempt_init(struct attempt *attempt, struct mapsnap_process *process,
		  const struct request *request, struct builder *builder);

/*
 * Anew, after something is watched no more or has turned out not to do: the
 * route that was asked for, or the fastest that is exact.
 */
void attempt_choose_route(struct attempt *attempt);

/* Reads by this route and no other. What a route returns, but never FULL. */
int attempt_by_route(struct attempt *attempt);

/* Reads; by another route where this one was not asked for and can't. */
int attempt_read(struct attempt *attempt);

/* The sequence that proves what was read. */
uint64_t attempt_sequence(const struct attempt *attempt);

#endif
