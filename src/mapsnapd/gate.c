/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fd_message.h"
#include "gate_request.h"
#include "gatekeeper.h"

/* Waits for the event, or for the end of the other side. 0, or -ETIMEDOUT. */
static int wait_for(int socket, short event, uint64_t deadline)
{
	struct pollfd fd = { .fd = socket, .events = event };

	for (;;) {
		const struct timespec timeout = time_left(deadline);
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

/* With so many verdicts, or its error; -ECONNRESET where the other side ended without one. */
static int receive_answer(int socket, uint64_t deadline, struct gate_answer *answer, size_t count)
{
	int none, r = wait_for(socket, POLLIN, deadline);
	ssize_t n;

	if (r)
		return r;
	n = fd_message_receive(socket, answer, sizeof(*answer), &none);
	if (n < 0)
		return (int)n;
	if (n == sizeof(answer->error) && answer->error)
		return answer->error;
	return (size_t)n == gate_answer_size(count) ? answer->error : -ECONNRESET;
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

void gate_stop(struct gate *gate)
{
	close(gate->socket);
	if (gate->helper <= 0)
		return;
	kill(gate->helper, SIGKILL);
	while (waitpid(gate->helper, NULL, 0) < 0 && errno == EINTR)
		;
}

/* A request with all the groups there can be takes more than a socket has room for. */
static void make_room(int socket)
{
	int size = GATE_REQUEST_MOST;

	setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

int gate_start(struct gate *gate)
{
	uint64_t deadline = now_ns() + GATE_PATIENCE_NS;
	struct gate_answer ready;
	int ends[2], r = open_pair(ends);

	if (r)
		return r;
	make_room(ends[0]);
	*gate = (struct gate){ .socket = ends[0], .helper = fork_helper(ends[1]) };
	close(ends[1]);
	r = gate->helper < 0 ? gate->helper : receive_answer(ends[0], deadline, &ready, 0);
	if (r)
		gate_stop(gate);
	return r;
}

/* Other threads may be faster where there is room again. */
static int send_request(int socket, const struct iovec parts[3], int answer, uint64_t deadline)
{
	int r;

	do {
		r = wait_for(socket, POLLOUT, deadline);
		if (r == 0)
			r = fd_message_send(socket, parts, 3, answer);
	} while (r == -EAGAIN);
	return r;
}

/* The helper, and not only what it had made for an answer. */
bool gate_has_ended(const struct gate *gate)
{
	struct pollfd fd = { .fd = gate->socket };

	return poll(&fd, 1, 0) > 0;
}

static int ask(const struct gate *gate, const struct iovec parts[3], struct gate_answer *answer,
	       size_t count)
{
	uint64_t deadline = now_ns() + GATE_PATIENCE_NS;
	int ends[2], r = open_pair(ends);

	if (r)
		return r;
	r = send_request(gate->socket, parts, ends[1], deadline);
	close(ends[1]);
	if (r == 0)
		r = receive_answer(ends[0], deadline, answer, count);
	close(ends[0]);
	if (r == -ECONNRESET)
		r = gate_has_ended(gate) ? -EPIPE : -EAGAIN;
	return r;
}

int gate_judge(const struct gate *gate, const struct peer *peer, struct gate_case *cases,
	       size_t count)
{
	struct gate_request request = {
		.uid = peer->uid,
		.gid = peer->gid,
		.case_count = (uint32_t)count,
		.group_count = (uint32_t)peer->group_count,
	};
	const struct iovec parts[] = {
		{ &request, sizeof(request) },
		{ cases, count * sizeof(*cases) },
		{ (void *)peer->groups, peer->group_count * sizeof(gid_t) },
	};
	struct gate_answer answer;
	int r;

	if (count > GATE_MOST_CASES || peer->group_count > PEER_MOST_GROUPS)
		return -E2BIG;
	r = ask(gate, parts, &answer, count);
	for (size_t i = 0; r == 0 && i < count; i++)
		cases[i].verdict = answer.verdicts[i];
	return r;
}
