/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gate and helper say to each other. First the helper says an int: 0, or the
 * negative errno for which it did not start. Each request comes with a socket of
 * its own for the answer, another such int, with a verdict on each case where it
 * is 0. So no answer is taken for that of another request, and one that comes too
 * late, or never, is nobody's.
 */
#ifndef GATE_REQUEST_H
#define GATE_REQUEST_H

#include <stdint.h>
#include <sys/types.h>

#include "gate.h"

/* Behind the cases group_count of gid_t. */
struct gate_request {
	uid_t uid;
	gid_t gid;
	uint32_t case_count;
	uint32_t group_count;
	struct gate_case cases[];
};

#define GATE_REQUEST_MOST                                                           \
	(sizeof(struct gate_request) + GATE_MOST_CASES * sizeof(struct gate_case) + \
	 PEER_MOST_GROUPS * sizeof(gid_t))

struct gate_answer {
	int error;
	int verdicts[GATE_MOST_CASES];
};

static inline const gid_t *gate_request_groups(const struct gate_request *request)
{
	return (const gid_t *)(request->cases + request->case_count);
}

static inline size_t gate_answer_size(size_t verdicts)
{
	return offsetof(struct gate_answer, verdicts) + verdicts * sizeof(int);
}

#endif
