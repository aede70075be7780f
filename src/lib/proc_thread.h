/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What /proc says of a thread by its number, for whoever holds it by ptrace(2):
 * until then the number may be given to another.
 */
#ifndef PROC_THREAD_H
#define PROC_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel.h"

/* Whether /proc counts processes as our system calls do: 1, 0 or a negative errno. */
int proc_thread_numbers(const struct kernel *kernel);

/* Who traces it, 0: nobody; or a negative errno. */
pid_t proc_thread_tracer(const struct kernel *kernel, pid_t tid);

/* Whether it has ended, or is about to and runs no more code of its program. */
bool proc_thread_ended(const struct kernel *kernel, pid_t tid);

/*
 * Whether it sleeps in one of the calls that make a process, as all do that wait
 * for the child of a vfork. If so, *sleeps counts those that it has had: where it
 * sleeps again, or still, and the count is the same, it did not run in between.
 */
bool proc_thread_waits(const struct kernel *kernel, pid_t tid, uint64_t *sleeps);

#endif
