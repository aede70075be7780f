/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be dumped: processes, and files of saved captures. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "criteria.h"

struct target {
	pid_t pid;        /* 0 where path is the target */
	const char *path; /* "-": standard input */
	bool found;       /* by criteria: one that is gone was no target */
};

struct targets {
	struct target *list;
	size_t count;
};

/*
 * Adds what an argument names: digits are a pid, /proc/PID/maps is that
 * process, anything else is a file. Returns 0, -ERANGE (no pid is that
 * number), -EEXIST (standard input, which can be read once) or -ENOMEM.
 */
int targets_add(struct targets *targets, const char *argument);

/* Adds one that was found. Returns 0 or -ENOMEM. */
int targets_add_found(struct targets *targets, pid_t pid);

/*
 * Adds every process that meets them; without any, every process but kernel
 * threads, which never have mappings. This process itself is left out. Returns
 * how many there were, or a negative errno.
 */
int targets_find(struct targets *targets, const struct criteria *criteria);

/* Whether a process is going to be read, and not a saved capture. */
bool target_is_live(const struct target *target);

void targets_free(struct targets *targets);

#endif
