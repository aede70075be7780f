/* SPDX-License-Identifier: BSD-2-Clause */
/* A monitoring agent as there are many: it reads the maps of all processes, over and over. */
#ifndef AGENT_H
#define AGENT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Shared by both processes. */
struct agent {
	_Atomic uint64_t rounds;
	pid_t pid;
};

/* All of the herd, once a second. Has read all of them once when this returns. */
struct agent *agent_start(size_t processes);
void agent_stop(struct agent *agent);

#endif
