/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is at the other end of a Unix socket, as the kernel noted it when that was connected. */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Linux 6.5; on most architectures, and another number is refused. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* The most that the kernel lets a process be in, NGROUPS_MAX. */
#define PEER_MOST_GROUPS 65536

struct peer {
	pid_t pid; /* 0: in no pid namespace of ours; it may also be another's by now */
	uid_t uid; /* effective, as the gid */
	gid_t gid;
	bool foreign;       /* of another user namespace, or nobody knows of which */
	size_t group_count; /* supplementary */
	gid_t groups[];
};

/*
 * Free it with free(). Returns 0, -ENOTCONN (nobody was ever there), -ENOMEM, or
 * what the kernel said of a descriptor that is no Unix socket.
 */
int peer_of(int socket, struct peer **peer);

bool peer_is_root(const struct peer *peer);

/* By its gid or a supplementary group. */
bool peer_in_group(const struct peer *peer, gid_t group);

#endif
