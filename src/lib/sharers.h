/* SPDX-License-Identifier: BSD-2-Clause */
/* The other processes that have the memory of one: made by vfork, or by clone with CLONE_VM. */
#ifndef SHARERS_H
#define SHARERS_H

#include <stdbool.h>
#include <stddef.h>

#include "freeze.h"
#include "proc_list.h"

/* The search for them. */
struct sharers {
	struct freeze *freeze;
	pid_t frozen;  /* a thread that has the memory */
	bool executed; /* its process made the memory itself, by exec */
	bool refused;  /* there is one of which nothing can be told */
	bool saw_init;
	size_t fresh; /* that had not been seen before */
	struct proc_list processes, threads;
	int dir; /* of the one that is looked at; -1: none */
};

void sharers_init(struct sharers *sharers, struct freeze *freeze);

/*
 * Freezes them as well, all that there are, where `dir` is the directory of the
 * process that is frozen already. *known: there is no other. Where that can't be
 * told it is false, and some may run. -EINVAL: the reader is one of them;
 * otherwise as freeze_process().
 */
int sharers_freeze(struct sharers *sharers, int dir, bool *known);

/* Closes what the thread of the freeze left open, see there. */
void sharers_free(struct sharers *sharers);

#endif
