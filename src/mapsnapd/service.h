/* SPDX-License-Identifier: BSD-2-Clause */
/* What an answer is made from. */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdint.h>

#include "bodies.h"
#include "errands.h"
#include "gate.h"
#include "refusals.h"
#include "streams.h"
#include "traffic.h"
#include "watch.h"

struct service {
	struct watch watch;
	struct gate gate;
	struct refusals refusals;
	struct errands errands;
	struct bodies bodies;
	struct streams streams;
	struct traffic traffic;
	gid_t group;         /* who may read everything; (gid_t)-1: root alone */
	const char *source;  /* a word */
	uint64_t started_ns; /* CLOCK_MONOTONIC */
	uint64_t instance;   /* a number that no other has: what is counted here is this one's */
};

#endif
