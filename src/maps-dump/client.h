/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks a service by HTTP over its Unix socket. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIENT_SOCKET "/run/mapsnapd/mapsnapd.sock"

struct client;

struct client_answer {
	unsigned int status; /* as HTTP has it */
	bool ended;          /* the process of which it tells has */
	uint64_t age_ns;     /* since what it tells was last known to be so; 0: not said */
	char *body;          /* for free() */
	size_t length;
};

/*
 * Connects to nothing yet. Returns 0, -ENOMEM or -EOPNOTSUPP: there is no libcurl; then
 * client_missing() says why.
 */
int client_new(const char *socket, struct client **client);
const char *client_missing(void);

/*
 * Returns 0 for an answer whatever its status, or a negative errno with a sentence in
 * client_error(), which names the socket: -ENOMEM, -EIO, or -ENOTCONN: the service is not to
 * be had. This client does not ask it again: from then on it is -ECANCELED.
 */
int client_get(struct client *client, const char *path, struct client_answer *answer);
const char *client_error(const struct client *client);

/* NULL is allowed. */
void client_free(struct client *client);

#endif
