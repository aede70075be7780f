/* SPDX-License-Identifier: BSD-2-Clause */
/* Many child processes, each with an address space of its own, that sleep until told to change it.
 */
#ifndef HERD_H
#define HERD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* How many processes there can be of which the caller opens so many files each. */
size_t herd_most(size_t files);

/* One herd at a time. Ends the program where the machine allows too few processes. */
void herd_start(size_t processes);

/* Ends them all; also happens at exit(). */
void herd_stop(void);

pid_t herd_pid(size_t i);

/* A maps file of the process, which is open from the first call on; remains the herd's. */
int herd_maps_fd(size_t i);

/* Those that are `chosen` change their mappings once. Returns when they have. */
void herd_change(bool (*chosen)(size_t i));

#endif
