/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct peer *new_peer(const struct ucred *credentials, size_t group_count)
{
	struct peer *peer = malloc(sizeof(*peer) + group_count * sizeof(*peer->groups));

	if (!peer)
		return NULL;
	*peer = (struct peer){
		.pid = credentials->pid,
		.uid = credentials->uid,
		.gid = credentials->gid,
		.group_count = group_count,
	};
	return peer;
}

/* How many there are: what has no room is told as an error with the size that it takes. */
static int count_groups(int socket, size_t *count)
{
	socklen_t size = 0;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) && errno != ERANGE)
		return errno == ENODATA ? -ENOTCONN : -errno;
	*count = size / sizeof(gid_t);
	return *count > PEER_MOST_GROUPS ? -E2BIG : 0;
}

static bool is_of_namespace(const char *path, const struct stat *ours)
{
	struct stat theirs;

	return stat(path, &theirs) == 0 && theirs.st_dev == ours->st_dev &&
	       theirs.st_ino == ours->st_ino;
}

/* Of who has ended nothing is known any more: the pid may be another's. */
static bool has_ended(int socket)
{
	struct pollfd process = { .fd = -1, .events = POLLIN };
	socklen_t size = sizeof(process.fd);
	bool ended;

	/* Before 6.5 it is taken to live. */
	if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &process.fd, &size))
		return errno == ESRCH;
	ended = poll(&process, 1, 0) != 0;
	close(process.fd);
	return ended;
}

/*
 * The same ids in another user namespace may do less: the kernel lets nobody in it read what
 * is outside, whoever it is of.
 */
static bool is_foreign(int socket, pid_t pid)
{
	char path[40];
	struct stat ours;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return pid == 0 || stat("/proc/self/ns/user", &ours) || !is_of_namespace(path, &ours) ||
	       has_ended(socket);
}

int peer_of(int socket, struct peer **peer)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);
	struct peer *found;
	size_t count = 0;
	int r;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size))
		return -errno;
	r = count_groups(socket, &count);
	if (r)
		return r;
	found = new_peer(&credentials, count);
	if (!found)
		return -ENOMEM;
	/* They are of the moment of connect(), as many as before. */
	size = (socklen_t)(count * sizeof(gid_t));
	if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, found->groups, &size)) {
		r = -errno;
		free(found);
		return r;
	}
	found->foreign = is_foreign(socket, found->pid);
	*peer = found;
	return 0;
}

bool peer_is_root(const struct peer *peer)
{
	return peer->uid == 0;
}

bool peer_in_group(const struct peer *peer, gid_t group)
{
	if (peer->gid == group)
		return true;
	for (size_t i = 0; i < peer->group_count; i++)
		if (peer->groups[i] == group)
			return true;
	return false;
}
