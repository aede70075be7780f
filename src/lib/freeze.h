/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All threads that can change an address space, kept from running. Everything
 * but the first and the last call happens in one thread, see kernel->work_apart().
 * Its end lets go of them as well, also where it hung and was ended: so that
 * nothing is lost then, all that it has open is in the struct.
 */
#ifndef FREEZE_H
#define FREEZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel.h"
#include "outcome.h"
#include "proc_list.h"
#include "tracee.h"

struct freeze {
	const struct kernel *kernel;
	uint64_t limit; /* when to give up waiting, and let go */
	uint64_t since; /* when the first was interrupted; 0: none was */
	struct tracee *tracees;
	size_t count, room;
	size_t found; /* where the last was that was looked up */
	struct proc_list threads;
	pid_t obstacle; /* the thread that was about to be stopped last */
	pid_t tracer;   /* who traces it already, with -EBUSY */
};

void freeze_init(struct freeze *freeze, const struct kernel *kernel, uint64_t limit);

/*
 * Keeps every thread of a process, of which `dir` is the directory in /proc, from
 * running, and all that were before. CHANGED where they don't stand by the limit. -EBUSY: the
 * obstacle is traced already. -EPERM; -ESRCH: the process is gone; or what the
 * kernel said.
 */
int freeze_process(struct freeze *freeze, pid_t pid, int dir);

/* Whether a thread of this number was seized. */
bool freeze_knows(struct freeze *freeze, pid_t tid);

/* One that still has the memory, or 0. The first process comes first. */
pid_t freeze_any(const struct freeze *freeze);

/* Whether none has run since they were kept from it. */
bool freeze_held(const struct freeze *freeze);

/* Lets all go that stand, and gives for how long they were kept, ns. */
uint64_t freeze_end(struct freeze *freeze);

void freeze_free(struct freeze *freeze);

#endif
