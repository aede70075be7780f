/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that may meet criteria. */
#ifndef CANDIDATE_H
#define CANDIDATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "criteria.h"

struct candidate {
	pid_t pid;
	uid_t user; /* effective */
	bool is_kernel_thread;
	char *command; /* see command.h; NULL: not read yet */
	char *cgroups; /* see cgroup.h; NULL: not read yet */
};

/*
 * Reads what is not read yet. Returns whether that could be told, which it can't of a
 * process that is gone, or a negative errno: there was no memory or descriptor for it.
 */
int candidate_read_command(struct candidate *candidate);
int candidate_read_cgroups(struct candidate *candidate);

/*
 * Whether it meets them, reading no more than that takes, or a negative errno as above.
 * Without any, every process does but kernel threads, which never have mappings.
 */
int candidate_meets(struct candidate *candidate, const struct criteria *criteria);

void candidate_free(struct candidate *candidate);

#endif
