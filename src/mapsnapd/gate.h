/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may read which process. Root and one group may read what the service can;
 * of anybody else the kernel judges: a helper takes on the client's uid and groups
 * and opens the maps file (gatekeeper.h). What a client has beyond these counts
 * for nothing: its capabilities, which would let it read more, and a sandbox (a
 * profile of an LSM, a namespace of its own), which would let it read less. Who
 * puts the socket into a sandbox gives what is in there the rights of its uid.
 *
 * A verdict is about the address space that the process had when it was asked for,
 * and exec makes another. Serve what was read through the descriptor that came with
 * it; or what a process that was opened before gives by a refresh afterwards, which
 * tells of an exec in between.
 */
#ifndef GATE_H
#define GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "peer.h"

/* Within it each call returns, whatever the helper and the processes do. */
#define GATE_PATIENCE_NS UINT64_C(2000000000)

struct gate {
	pthread_mutex_t lock; /* around what follows */
	int socket;
	pid_t helper;
	gid_t group; /* (gid_t)-1: none */
};

/*
 * Starts the helper, which ends with the calling thread: let it be the main one,
 * before there are others. Needs CAP_SETUID and CAP_SETGID, which the caller may
 * give up afterwards. Nobody else may wait for the helper. Stop it with gate_stop().
 * Returns 0, -EPERM, -ETIMEDOUT, -EMFILE, -ENFILE, -EAGAIN or -ENOMEM.
 */
int gate_start(struct gate *gate, gid_t group);

/*
 * Puts a new helper in place of one that failed; calls that wait for the old one
 * return -EPIPE. The same as gate_start() needs and returns: with -EPERM a service
 * that has given up the two capabilities has to be started anew. After a failure
 * every call returns -EPIPE, and gate_restart() may be tried again.
 */
int gate_restart(struct gate *gate);

void gate_stop(struct gate *gate);

/* Whether the helper has, and nobody can be judged any more. SIGCHLD tells of it as well. */
bool gate_has_ended(struct gate *gate);

/*
 * Whether this client may read the process of this pid and start time; any thread
 * may ask. Where it may, *maps_fd is its maps file, to be closed by the caller;
 * NULL: not wanted. Returns 0, or
 * -EACCES, -EPERM: it may not, as the kernel said;
 * -ESRCH: there is no such process, or the client may not know of it;
 * -EPIPE: the helper has ended;
 * -ETIMEDOUT: no answer in time, the helper stands still or has too much to do;
 * -EAGAIN: no answer, as what was to give it was ended or took too long;
 * -EINVAL: no client has that uid or gid; -E2BIG: nor so many groups;
 * -EMFILE, -ENFILE, -ENOMEM, -ETOOMANYREFS: here or at the helper.
 */
int gate_may_read(struct gate *gate, const struct peer *peer, pid_t pid, uint64_t start_time,
		  int *maps_fd);

#endif
