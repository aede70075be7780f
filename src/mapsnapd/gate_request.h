/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gate and helper say to each other. First the helper says an int: 0, or the
 * negative errno for which it did not start. Each request comes with a socket of
 * its own for the answer, another such int with the maps file where it is 0. So no
 * answer is taken for that of another request, and one that comes too late, or
 * never, is nobody's.
 */
#ifndef GATE_REQUEST_H
#define GATE_REQUEST_H

#include <stdint.h>
#include <sys/types.h>

/* Behind it group_count gid_t. */
struct gate_request {
	uint64_t start_time;
	pid_t pid;
	uid_t uid;
	gid_t gid;
	uint32_t group_count;
};

#endif
