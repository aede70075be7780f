/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes a client was told of, and which snapshot of each was the last. */
#ifndef TOLD_H
#define TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct told {
	struct told_process {
		pid_t pid;
		bool unreadable; /* that is what it was told; otherwise it has the mappings */
		uint64_t start_time;
		uint64_t revision;
		uint64_t round; /* of the watch, by whose end it was told */
	} * list;               /* by ascending pid */
	size_t count, room;
};

void told_free(struct told *told);

/* What it was told, until the next change of any; NULL: nothing. */
const struct told_process *told_find(const struct told *told, pid_t pid);

/* 0 or -ENOMEM. */
int told_set(struct told *told, const struct told_process *process);
void told_remove(struct told *told, pid_t pid);

#endif
