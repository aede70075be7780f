/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that is kept from running by ptrace(2), and goes on as if nothing had
 * been, but that a call in which it slept may return EINTR.
 */
#ifndef TRACEE_H
#define TRACEE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel.h"

enum tracee_state {
	TRACEE_RUNS,
	TRACEE_STANDS, /* and does nothing until it is let go */
	TRACEE_WAITS,  /* for the child of a vfork: it can't stand, and does nothing before that */
	TRACEE_ENDED,
};

struct tracee {
	pid_t tid;
	bool main; /* of its process */
	enum tracee_state state;
	int signal;      /* at which it stands, and which it has not had yet; 0: none */
	uint64_t sleeps; /* of one that waits, when it was seen to */
};

/* It is ours, but runs on. 0 or a negative errno: -ESRCH, it has ended; -EPERM. */
int tracee_seize(const struct kernel *kernel, const struct tracee *tracee);

/* It is to stand. */
void tracee_interrupt(const struct kernel *kernel, const struct tracee *tracee);

/* What it does by now. 0, or what the kernel said. */
int tracee_look(const struct kernel *kernel, struct tracee *tracee);

/* Whether one that waits has waited all the time. */
bool tracee_waited(const struct kernel *kernel, const struct tracee *tracee);

/* Lets it go. */
void tracee_release(const struct kernel *kernel, const struct tracee *tracee);

#endif
