/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP: from a listening socket to questions, and from answers back. */
#ifndef SERVER_H
#define SERVER_H

#include "service.h"

struct server_options {
	unsigned int connections; /* at most, at a time */
	unsigned int threads;
	unsigned int timeout; /* seconds that a connection may be silent */
};

struct server;

/*
 * Serves on this socket, which remains the caller's, until server_stop(). 0 or a
 * negative errno.
 */
int server_start(struct service *service, int listening, const struct server_options *options,
		 struct server **server);
void server_stop(struct server *server);

#endif
