/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SETTLED_H
#define SETTLED_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Waits until a child has called exec, and then until it sleeps, for input or
 * for time to pass. False where it ended, or has done neither for long.
 */
bool settled(pid_t pid);

/* Waits for this state, as stat shows it, of what wait() can't wait for. */
bool await_state(pid_t pid, char state);

/* Whether it has it now; 'X': it is gone. */
bool has_state(pid_t pid, char state);

#endif
