/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that is watched, beside its snapshots. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "facts.h"
#include "pace.h"

enum subject_state {
	SUBJECT_NEW,     /* it matches, and was not read yet */
	SUBJECT_HELD,    /* open, so that its source tells of it */
	SUBJECT_PARKED,  /* there was no descriptor to keep it open: it is looked at in turns */
	SUBJECT_ENDED,   /* and known for a while */
	SUBJECT_REFUSED, /* it can't be opened, or there is no room for it */
};

struct subject {
	pid_t pid;
	enum subject_state state;
	unsigned int group;  /* GROUPS_NONE where it has ended, and only there */
	uint64_t found_ns;   /* when the search came upon it, CLOCK_MONOTONIC */
	uint64_t matched_ns; /* when it last was seen to match */
	struct pace pace;
	struct facts facts; /* of its latest snapshot */
	uint64_t sequence;  /* of that; 0: none */
};

#endif
