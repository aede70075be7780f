/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may not read which program of which process, as the gate said a moment ago: what many ask
 * for, or one again and again, is judged once. That somebody may is not kept, for it is asked
 * of the kernel each time.
 */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#include "mapsnap-table.h"
#include "peer.h"

/* So long they hold. */
#define REFUSALS_KEPT_NS UINT64_C(3000000000)

/* A power of two of rows: where one is full the oldest in it is given up. */
#define REFUSALS_ROWS 4096
#define REFUSALS_ROW  4

/* What was asked. */
struct refusal_case {
	uid_t uid;
	gid_t gid;
	uint64_t groups; /* of these so much is compared as tells one list from another */
	uint64_t start_time;
	pid_t pid;
	uint32_t program;
};

struct refusals {
	pthread_mutex_t mutex;
	struct refusal {
		struct refusal_case of;
		int verdict;
		uint64_t said_ns;
	} rows[REFUSALS_ROWS][REFUSALS_ROW];
};

void refusals_init(struct refusals *refusals);
void refusals_free(struct refusals *refusals);

/* What of it is the client's, to be taken once for all processes: groups may be many. */
struct refusal_case refusal_case_by(const struct peer *peer);

/* The same of a process. */
struct refusal_case refusal_case_of(struct refusal_case by, pid_t pid,
				    const struct mapsnap_member *member);

/* What the gate said of it, or 0: it is to be asked. */
int refusals_find(struct refusals *refusals, const struct refusal_case *of, uint64_t now);

/* What it says, asked at that time: only what is a refusal is kept. */
void refusals_note(struct refusals *refusals, const struct refusal_case *of, int verdict,
		   uint64_t now);

#endif
