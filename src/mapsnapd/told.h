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
		uint64_t revision;
	} * list; /* by ascending pid */
	size_t count, room;
};

void told_free(struct told *told);

/* The revision; 0: the client was not told of it. */
uint64_t told_find(const struct told *told, pid_t pid);

/* 0 or -ENOMEM. */
int told_set(struct told *told, pid_t pid, uint64_t revision);
void told_remove(struct told *told, pid_t pid);

#endif
