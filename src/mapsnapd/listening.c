/* SPDX-License-Identifier: BSD-2-Clause */
#include "listening.h"

#include <errno.h>
#include <stddef.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define BACKLOG 128

static int take_from_systemd(struct listening *listening, int count)
{
	if (count != 1 || sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, NULL, 0) <= 0)
		return -EINVAL;
	*listening = (struct listening){ .fd = SD_LISTEN_FDS_START };
	return 0;
}

static int make_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

/* Nobody answers there: whoever made it has ended without removing it. */
static bool is_abandoned(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool refused;

	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static int bind_to(int fd, const struct sockaddr_un *address)
{
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return 0;
	if (errno != EADDRINUSE || !is_abandoned(address))
		return -errno;
	unlink(address->sun_path);
	return bind(fd, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;
}

/* Anybody may connect: what they are told is decided for each. */
static int listen_on(int fd, const struct sockaddr_un *address)
{
	int r = bind_to(fd, address);

	if (r)
		return r;
	if (chmod(address->sun_path, 0666) == 0 && listen(fd, BACKLOG) == 0)
		return 0;
	r = -errno;
	unlink(address->sun_path);
	return r;
}

int listening_open(struct listening *listening, const char *path)
{
	int count = sd_listen_fds(1), fd, r;
	struct sockaddr_un address;

	if (count < 0)
		return count;
	if (count > 0)
		return take_from_systemd(listening, count);
	r = make_address(&address, path);
	if (r)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	r = listen_on(fd, &address);
	if (r) {
		close(fd);
		return r;
	}
	*listening = (struct listening){ .fd = fd, .address = address };
	return 0;
}

void listening_close(struct listening *listening)
{
	if (*listening->address.sun_path)
		unlink(listening->address.sun_path);
	close(listening->fd);
}
