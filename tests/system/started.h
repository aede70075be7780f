/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that was started to be read: it lives no longer than this struct, nor than we do. */
#ifndef STARTED_H
#define STARTED_H

#include <stdbool.h>
#include <sys/types.h>

#include "invariant.h"

struct started {
	pid_t pid;
	int input;                         /* write end of its stdin */
	int output;                        /* read end of a target's stdout, or -1 */
	const struct invariant *invariant; /* of a target that has one, or NULL */
};

/*
 * Starts this program, with stdout and stderr to nowhere and a stdin that stays
 * silent. False where it does not exist.
 */
bool started_program(struct started *started, const char *const argv[]);

/*
 * Starts the mapsnap-target beside the running program, with these options,
 * NULL behind the last, and waits until it is ready. False where that fails; it
 * says why on stderr.
 */
bool started_target(struct started *started, const char *const options[]);

/* Stops it as SIGSTOP does, and waits until it is; false where it is gone. */
bool started_stop(const struct started *started);

/* Ends it, a target so that it removes its files, and waits for that. */
void started_end(struct started *started);

#endif
