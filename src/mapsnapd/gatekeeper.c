/* SPDX-License-Identifier: BSD-2-Clause */
#include "gatekeeper.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capabilities.h"
#include "clock.h"
#include "fd_message.h"
#include "gate_request.h"
#include "judge.h"
#include "peer.h"

#define SOCKET         0 /* where it is put, so that all the others can be closed */
#define MOST_CHILDREN  16
#define MS             UINT64_C(1000000)
#define CHILD_PATIENCE (1000 * MS)

struct child {
	pid_t pid;
	uint64_t deadline; /* UINT64_MAX: it was killed */
};

static struct {
	int signals; /* readable once a child has ended */
	size_t child_count;
	struct child children[MOST_CHILDREN];
	union {
		struct gate_request request;
		char room[GATE_REQUEST_MOST];
	};
} keeper;

static int watch_children(void)
{
	sigset_t set;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	keeper.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return keeper.signals < 0 ? -errno : 0;
}

/* Nobody who is not root may look into it, nor into its children whoever they are. */
static int confine(int socket)
{
	if (dup2(socket, SOCKET) < 0)
		return -errno;
	closefrom(SOCKET + 1);
	prctl(PR_SET_NAME, "mapsnapd-gate");
	if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	return capabilities_keep(CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID));
}

static void say(int socket, int error)
{
	struct iovec part = { .iov_base = &error, .iov_len = sizeof(error) };

	fd_message_send(socket, &part, 1, -1);
}

static void judge_apart(int answer)
{
	pid_t helper = getpid(), pid = fork();

	if (pid == 0) {
		close(SOCKET); /* that the helper has ended is told by it */
		judge(&keeper.request, answer, helper);
		_exit(0);
	}
	if (pid < 0)
		say(answer, -errno);
	else
		keeper.children[keeper.child_count++] =
			(struct child){ .pid = pid, .deadline = now_ns() + CHILD_PATIENCE };
}

static bool is_whole(ssize_t size)
{
	const struct gate_request *request = &keeper.request;

	return (size_t)size >= sizeof(*request) && request->case_count <= GATE_MOST_CASES &&
	       (size_t)size == sizeof(*request) + request->case_count * sizeof(struct gate_case) +
				       request->group_count * sizeof(gid_t);
}

/* Where it is given up without an answer, its end tells. */
static void take_request(void)
{
	int answer = -1;
	ssize_t n = fd_message_receive(SOCKET, keeper.room, sizeof(keeper.room), &answer);

	if (n > 0 && answer >= 0 && is_whole(n))
		judge_apart(answer);
	if (n >= 0 && answer >= 0)
		close(answer);
}

static void forget(pid_t pid)
{
	for (size_t i = 0; i < keeper.child_count; i++)
		if (keeper.children[i].pid == pid)
			keeper.children[i] = keeper.children[--keeper.child_count];
}

static void reap(void)
{
	struct signalfd_siginfo info;
	pid_t pid;

	while (read(keeper.signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		forget(pid);
}

/* It counts until it has ended, which may take longer still. */
static void kill_overdue(void)
{
	for (size_t i = 0; i < keeper.child_count; i++) {
		if (keeper.children[i].deadline > now_ns())
			continue;
		kill(keeper.children[i].pid, SIGKILL);
		keeper.children[i].deadline = UINT64_MAX;
	}
}

/* ms until the next is overdue, for poll(): -1 for never, and rather late than again and again. */
static int next_overdue(void)
{
	uint64_t next = UINT64_MAX, now = now_ns();

	for (size_t i = 0; i < keeper.child_count; i++)
		if (keeper.children[i].deadline < next)
			next = keeper.children[i].deadline;
	if (next == UINT64_MAX)
		return -1;
	return next > now ? (int)((next - now + MS - 1) / MS) : 0;
}

/* With all of its children busy it lets requests wait in the socket. */
static void serve(void)
{
	struct pollfd fds[] = { { .fd = SOCKET }, { .fd = keeper.signals, .events = POLLIN } };

	while (!(fds[0].revents & (POLLHUP | POLLERR))) {
		fds[0].events = keeper.child_count < MOST_CHILDREN ? POLLIN : 0;
		if (poll(fds, 2, next_overdue()) < 0)
			return;
		reap();
		kill_overdue();
		if (fds[0].revents & POLLIN)
			take_request();
	}
}

void gatekeeper_run(int socket)
{
	int r = confine(socket);

	if (r == 0)
		r = watch_children();
	say(SOCKET, r);
	if (r == 0)
		serve();
	_exit(r != 0);
}
