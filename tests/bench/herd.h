/* SPDX-License-Identifier: BSD-2-Clause */
/* Many child processes, each with an address space of its own, that sleep until told to change it.
 */
#ifndef HERD_H
#define HERD_H

#include <stdbool.h>
#include <stddef.h>

/* One herd at a time. Ends the program where the machine allows too few processes or files. */
void herd_start(size_t processes);

/* Ends them all; also happens at exit(). */
void herd_stop(void);

/* An open maps file of the process; remains the herd's. */
int herd_maps_fd(size_t i);

/* Those that are `chosen` change their mappings once. Returns when they have. */
void herd_change(bool (*chosen)(size_t i));

#endif
