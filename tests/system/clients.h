/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients and processes of several users, who are plain numbers. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gate.h"
#include "peer.h"

/* Two users, and groups. */
#define USER        62001
#define OTHER_USER  62002
#define GROUP       62001
#define OTHER_GROUP 62002
#define MORE_GROUP  62003

/* Free it with free(). */
struct peer *client_new(uid_t uid, gid_t gid, size_t group_count, const gid_t *groups);

/* In a child: becomes that client, all three uids and gids, and can be read by him. Ends it
 * where it can't. */
void client_become(const struct peer *client);

/*
 * What such a process gets by opening these maps files: 0 or a negative errno
 * each, -ESRCH for what is not there.
 */
void client_opens_each(const struct peer *client, const pid_t *pids, size_t count, int *results);
int client_opens(const struct peer *client, pid_t pid);

/* When it was started, as a request names it; 0 where it is gone. */
uint64_t client_start_time(pid_t pid);

/* What the gate says of this one alone. */
int client_judged(const struct gate *gate, const struct peer *client, pid_t pid,
		  uint64_t start_time);

#endif
