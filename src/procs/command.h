/* SPDX-License-Identifier: BSD-2-Clause */
/* The name that a process goes by: /proc/PID/comm. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

/* Bytes in no particular encoding, for free(); NULL and errno where it can't be read. */
char *command_of(pid_t pid);

/* Whether this is the command of a process called `name`, which the kernel cuts short. */
bool command_matches(const char *command, const char *name);

#endif
