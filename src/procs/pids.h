/* SPDX-License-Identifier: BSD-2-Clause */
/* The pids of all processes, which is less than to look at them: nothing of a process is opened. */
#ifndef PIDS_H
#define PIDS_H

#include <stddef.h>
#include <sys/types.h>

struct pids {
	pid_t *list; /* ascending */
	size_t count, room;
};

/*
 * Those of /proc, kernel threads and this process included, in place of what was listed
 * before. Returns 0 or a negative errno, and then lists none.
 */
int pids_list(struct pids *pids);

/* One more, behind all others. Returns 0 or -ENOMEM. */
int pids_add(struct pids *pids, pid_t pid);

void pids_free(struct pids *pids);

#endif
