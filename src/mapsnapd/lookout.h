/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is to be watched: looks for processes that match and are not on the roll yet, and
 * from time to time whether those that are still match.
 */
#ifndef LOOKOUT_H
#define LOOKOUT_H

#include "criteria.h"
#include "pids.h"
#include "roll.h"

enum grouping {
	GROUP_BY_NAME,
	GROUP_BY_CGROUP
};

struct lookout_options {
	const struct criteria *criteria; /* none: all processes */
	const pid_t *pids;               /* these alone, where there are any */
	size_t pid_count;
	enum grouping grouping;
};

/* A process that was looked at and does not match, or not yet. */
struct stranger {
	pid_t pid;
	uint64_t since_ns;
};

struct lookout {
	struct lookout_options options;
	int last_pid;     /* an fd by which it is seen whether any process is new, or -1 */
	char before[64];  /* what it said */
	uint64_t last_ns; /* when all were looked at */
	struct pids listed;
	struct stranger *strangers; /* by ascending pid */
	size_t stranger_count;
};

void lookout_init(struct lookout *lookout, const struct lookout_options *options);
void lookout_free(struct lookout *lookout);

/* From now on it looks for others; it looks at all again. */
void lookout_change(struct lookout *lookout, const struct lookout_options *options);

/* What to do about a process on the roll that does not match any more. */
typedef void lookout_drop(pid_t pid, void *context);

/*
 * Adds those that match to the roll. Returns 0 or a negative errno: then there may be
 * more of them.
 */
int lookout_search(struct lookout *lookout, struct roll *roll, lookout_drop *drop, void *context,
		   uint64_t now);

/*
 * Whether a process still matches, now that it runs another program, which may have brought
 * it into another group. Also where that can't be told just now.
 */
bool lookout_keeps(const struct lookout *lookout, struct roll *roll, pid_t pid, uint64_t now);

#endif
