/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket that clients connect to: the one that systemd has opened, or one of our own. */
#ifndef LISTENING_H
#define LISTENING_H

#include <sys/un.h>

struct listening {
	int fd;
	struct sockaddr_un address; /* of our own, which goes with us; "": systemd's */
};

/*
 * A socket that a service before has left is replaced; one on which somebody still
 * listens is not. Returns 0, -EADDRINUSE, -EINVAL (systemd gave something else, or
 * more than one), -ENAMETOOLONG, or what the kernel said.
 */
int listening_open(struct listening *listening, const char *path);
void listening_close(struct listening *listening);

#endif
