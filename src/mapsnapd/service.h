/* SPDX-License-Identifier: BSD-2-Clause */
/* What an answer is made from. */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdint.h>

#include "gate.h"
#include "watch.h"

struct service {
	struct watch watch;
	struct gate gate;
	gid_t group;         /* who may read everything; (gid_t)-1: root alone */
	const char *source;  /* a word */
	uint64_t started_ns; /* CLOCK_MONOTONIC */
};

#endif
