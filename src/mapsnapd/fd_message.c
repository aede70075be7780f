/* SPDX-License-Identifier: BSD-2-Clause */
#include "fd_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static void attach(struct msghdr *message, union control *control, int fd)
{
	struct cmsghdr *header = &control->header;

	message->msg_control = control;
	message->msg_controllen = sizeof(control->room);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

int fd_message_send(int socket, const struct iovec *parts, size_t count, int fd)
{
	struct msghdr message = { .msg_iov = (struct iovec *)parts, .msg_iovlen = count };
	union control control = { 0 };

	if (fd >= 0)
		attach(&message, &control, fd);
	if (sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	/* The second: it went without having read all. */
	return errno == ECONNRESET ? -EPIPE : -errno;
}

/* There is room for one and no more. */
static int attached(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

ssize_t fd_message_receive(int socket, void *buffer, size_t size, int *fd)
{
	struct iovec part = { .iov_base = buffer, .iov_len = size };
	union control control = { 0 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	ssize_t n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int received;

	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	received = attached(&message);
	if (!(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		*fd = received;
		return n;
	}
	if (received >= 0)
		close(received);
	return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : -EMFILE;
}
