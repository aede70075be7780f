/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fd_message.h"
#include "gate_request.h"
#include "gatekeeper.h"
#include "kernel.h"
#include "proc_maps.h"

#define SECOND UINT64_C(1000000000)

/* Waits for the event, or for the end of the other side. 0, or -ETIMEDOUT. */
static int wait_for(int socket, short event, uint64_t deadline)
{
	struct pollfd fd = { .fd = socket, .events = event };

	for (;;) {
		uint64_t t = kernel_linux.now(), left = t < deadline ? deadline - t : 0;
		struct timespec timeout = { (time_t)(left / SECOND), (long)(left % SECOND) };
		int r = ppoll(&fd, 1, &timeout, NULL);

		if (r > 0)
			return 0;
		if (r == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

static int open_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
}

/* An int, which is 0 or a negative errno; -ECONNRESET where the other side ended without one. */
static int receive_answer(int socket, uint64_t deadline, int *fd)
{
	int answer, r = wait_for(socket, POLLIN, deadline);
	ssize_t n;

	if (r)
		return r;
	n = fd_message_receive(socket, &answer, sizeof(answer), fd);
	if (n < 0)
		return (int)n;
	return n == sizeof(answer) ? answer : -ECONNRESET;
}

/* As the helper needs it; and no handler of ours may run there. */
static pid_t fork_helper(int socket)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		gatekeeper_run(socket);
	pid = pid < 0 ? -errno : pid;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static void end_helper(struct gate *gate)
{
	if (gate->socket >= 0)
		close(gate->socket);
	gate->socket = -1;
	if (gate->helper <= 0)
		return;
	kill(gate->helper, SIGKILL);
	while (waitpid(gate->helper, NULL, 0) < 0 && errno == EINTR)
		;
	gate->helper = 0;
}

/* A request with all the groups there can be takes more than a socket has room for. */
static void make_room(int socket)
{
	int size = sizeof(struct gate_request) + PEER_MOST_GROUPS * sizeof(gid_t);

	setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static int start_helper(struct gate *gate)
{
	int ends[2], nothing = -1, r = open_pair(ends);

	if (r)
		return r;
	gate->socket = ends[0];
	make_room(gate->socket);
	gate->helper = fork_helper(ends[1]);
	close(ends[1]);
	r = gate->helper;
	if (r > 0)
		r = receive_answer(gate->socket, kernel_linux.now() + GATE_PATIENCE_NS, &nothing);
	if (r)
		end_helper(gate);
	return r;
}

int gate_start(struct gate *gate, gid_t group)
{
	int r;

	*gate = (struct gate){ .socket = -1, .group = group };
	r = start_helper(gate);
	if (r == 0)
		pthread_mutex_init(&gate->lock, NULL);
	return r;
}

int gate_restart(struct gate *gate)
{
	int r;

	pthread_mutex_lock(&gate->lock);
	end_helper(gate);
	r = start_helper(gate);
	pthread_mutex_unlock(&gate->lock);
	return r;
}

void gate_stop(struct gate *gate)
{
	end_helper(gate);
	pthread_mutex_destroy(&gate->lock);
}

/* A descriptor of one's own, which a restart does not close. */
static int helper_socket(struct gate *gate)
{
	int fd;

	pthread_mutex_lock(&gate->lock);
	fd = gate->socket < 0 ? -EPIPE : fcntl(gate->socket, F_DUPFD_CLOEXEC, 0);
	fd = fd == -1 ? -errno : fd;
	pthread_mutex_unlock(&gate->lock);
	return fd;
}

/* Other threads may be faster where there is room again. */
static int send_request(int socket, const struct gate_request *request, const struct peer *peer,
			int answer, uint64_t deadline)
{
	const struct iovec parts[] = {
		{ (void *)request, sizeof(*request) },
		{ (void *)peer->groups, peer->group_count * sizeof(gid_t) },
	};
	int r;

	do {
		r = wait_for(socket, POLLOUT, deadline);
		if (r == 0)
			r = fd_message_send(socket, parts, 2, answer);
	} while (r == -EAGAIN);
	return r;
}

/* The helper, and not only what it had made for this answer. */
static bool has_ended(int socket)
{
	struct pollfd fd = { .fd = socket };

	return poll(&fd, 1, 0) > 0;
}

bool gate_has_ended(struct gate *gate)
{
	bool ended;

	pthread_mutex_lock(&gate->lock);
	ended = gate->socket < 0 || has_ended(gate->socket);
	pthread_mutex_unlock(&gate->lock);
	return ended;
}

static int ask(int socket, const struct gate_request *request, const struct peer *peer, int *fd)
{
	uint64_t deadline = kernel_linux.now() + GATE_PATIENCE_NS;
	int ends[2], r = open_pair(ends);

	if (r)
		return r;
	r = send_request(socket, request, peer, ends[1], deadline);
	close(ends[1]);
	if (r == 0)
		r = receive_answer(ends[0], deadline, fd);
	close(ends[0]);
	if (r == -ECONNRESET)
		r = has_ended(socket) ? -EPIPE : -EAGAIN;
	return r;
}

static int ask_helper(struct gate *gate, const struct peer *peer, pid_t pid, uint64_t start_time,
		      int *fd)
{
	struct gate_request request = {
		.start_time = start_time,
		.pid = pid,
		.uid = peer->uid,
		.gid = peer->gid,
		.group_count = (uint32_t)peer->group_count,
	};
	int r, socket;

	if (peer->group_count > PEER_MOST_GROUPS)
		return -E2BIG;
	socket = helper_socket(gate);
	if (socket < 0)
		return socket;
	r = ask(socket, &request, peer, fd);
	close(socket);
	return r;
}

static bool is_trusted(const struct gate *gate, const struct peer *peer)
{
	return peer_is_root(peer) || (gate->group != (gid_t)-1 && peer_in_group(peer, gate->group));
}

int gate_may_read(struct gate *gate, const struct peer *peer, pid_t pid, uint64_t start_time,
		  int *maps_fd)
{
	int r, fd = -1;

	if (is_trusted(gate, peer)) {
		fd = proc_maps_open(pid, start_time);
		r = fd < 0 ? fd : 0;
	} else {
		r = ask_helper(gate, peer, pid, start_time, &fd);
	}
	if (r)
		return r;
	if (maps_fd)
		*maps_fd = fd;
	else
		close(fd);
	return 0;
}
