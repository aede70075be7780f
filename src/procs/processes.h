/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that meet criteria, and what they can be grouped by. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <stddef.h>
#include <sys/types.h>

#include "criteria.h"

struct process {
	pid_t pid;
	char *command; /* see command.h */
	char *cgroup;  /* see cgroups_main_path(); "": it is in none */
};

struct processes {
	struct process *list;
	size_t count;
};

/*
 * Adds those of these that meet the criteria, as targets_find() has it, in their order.
 * Those that are gone are left out. Returns 0 or a negative errno; what was added before
 * an error is right, and more is missing.
 */
int processes_select(struct processes *processes, const pid_t *pids, size_t count,
		     const struct criteria *criteria);

void processes_free(struct processes *processes);

#endif
