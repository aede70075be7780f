/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that acts beside a target until it is stopped. */
#ifndef CHILD_H
#define CHILD_H

#include <stdint.h>
#include <sys/types.h>

/* On the processor of the caller. act() does not return. Ends with the caller, too. */
pid_t child_start(void (*act)(void *context), void *context);

/* That it ended by itself ends the program. */
void child_expect_alive(pid_t pid);

void child_stop(pid_t pid);

/* Processor time of all its threads, ns. */
uint64_t child_spent_ns(pid_t pid);

#endif
