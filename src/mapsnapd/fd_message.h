/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages between processes that trust each other, over sockets that keep them apart. */
#ifndef FD_MESSAGE_H
#define FD_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * Sends these parts as one message, with fd, which stays open here, or -1. Never
 * waits and raises no signal. Returns 0, -EAGAIN (no room by now), -EPIPE (nobody
 * receives any more), -EMSGSIZE, -ETOOMANYREFS (too many on their way) or -ENOMEM.
 */
int fd_message_send(int socket, const struct iovec *parts, size_t count, int fd);

/*
 * Receives one, with its descriptor, close-on-exec, or -1. Never waits. Returns
 * the length, 0 where nobody sends any more, -EAGAIN (none yet), -EMSGSIZE, or
 * -EMFILE: its descriptor had no place here. Where it fails no descriptor is left.
 */
ssize_t fd_message_receive(int socket, void *buffer, size_t size, int *fd);

#endif
