/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

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
