/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may read which process. The kernel judges: a helper takes on the client's
 * uid and groups and opens the maps file (gatekeeper.h). What a client has beyond
 * these counts for nothing: its capabilities, which would let it read more, and a
 * sandbox (a profile of an LSM, a /proc of its own), which would let it read less.
 * Who puts the socket into a sandbox gives what is in there the rights of its uid.
 * One in another user namespace is not to be judged here (peer.h).
 *
 * A verdict is about the address space that the process had when it was asked for,
 * and exec makes another. Serve what a process that was opened before gives by a
 * refresh afterwards, which tells of an exec in between.
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "peer.h"

/* Within it each call returns, whatever the helper and the processes do. */
#define GATE_PATIENCE_NS UINT64_C(2000000000)

/* At a time. */
#define GATE_MOST_CASES 256

struct gate {
	int socket;
	pid_t helper;
};

/*
 * A process, by its pid and start time, and what the kernel says of it:
 * 0: it may be read;
 * -EACCES, -EPERM: it may not;
 * -ESRCH: there is no such process, or the client may not know of it;
 * -EAGAIN: its threads end again and again; -EMFILE, -ENFILE, -ENOMEM: at the helper.
 */
struct gate_case {
	uint64_t start_time;
	pid_t pid;
	int verdict;
};

/*
 * Starts the helper, which ends with the calling thread: let it be the main one,
 * before there are others. Needs CAP_SETUID and CAP_SETGID, which the caller may
 * give up afterwards. Nobody else may wait for the helper. Stop it with gate_stop().
 * Returns 0, -EPERM, -ETIMEDOUT, -EMFILE, -ENFILE, -EAGAIN or -ENOMEM.
 */
int gate_start(struct gate *gate);

void gate_stop(struct gate *gate);

/*
 * Whether the helper has, and nobody can be judged any more. SIGCHLD tells of it as well.
 * There is no other without the two capabilities: a service that has given them up has to
 * be started anew.
 */
bool gate_has_ended(const struct gate *gate);

/*
 * Has the kernel say which of these processes the client may read; any thread may
 * ask. One that holds up its verdict holds up those of the others. Returns 0, or
 * where there are no verdicts
 * -EPIPE: the helper has ended;
 * -ETIMEDOUT: no answer in time, the helper stands still or has too much to do;
 * -EAGAIN: no answer, as what was to give it was ended or took too long;
 * -EINVAL: no client has that uid or gid;
 * -E2BIG: more cases than GATE_MOST_CASES, or more groups than a client can have;
 * -EMFILE, -ENFILE, -ENOMEM, -ETOOMANYREFS: here or at the helper.
 */
int gate_judge(const struct gate *gate, const struct peer *peer, struct gate_case *cases,
	       size_t count);

#endif
