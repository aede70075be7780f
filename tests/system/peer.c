/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is at the other end of a Unix socket. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "asserts.h"
#include "clients.h"
#include "forked.h"
#include "peer.h"
#include "settled.h"

/* Abstract: in no folder. */
static struct sockaddr_un address = { .sun_family = AF_UNIX };

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int listening(void)
{
	int fd = new_socket();

	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "mapsnap-test-peer-%d",
		 getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void connect_as(void *client)
{
	int fd = new_socket();

	if (client)
		client_become(client);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		_exit(1);
	forked_idle(NULL);
}

/* What is told of this client, or of a process like this one. */
static struct peer *peer_of_client(struct peer *client, pid_t *pid)
{
	int server = listening(), fd;
	struct peer *peer = NULL;

	*pid = forked(connect_as, client);
	fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(peer_of(fd, &peer), 0);
	close(fd);
	close(server);
	forked_kill(*pid);
	return peer;
}

static void a_peer_is_told_with_all_its_ids(void **state)
{
	pid_t pid;
	struct peer *peer = peer_of_client(NULL, &pid);
	gid_t groups[64];
	int count = getgroups(64, groups);

	(void)state;
	assert_int_equal(peer->pid, pid);
	assert_int_equal(peer->uid, geteuid());
	assert_int_equal(peer->gid, getegid());
	assert_int_equal(peer->group_count, count);
	assert_memory_equal(peer->groups, groups, (size_t)count * sizeof(gid_t));
	assert_true(peer_is_root(peer) == (geteuid() == 0));
	free(peer);
}

static void assert_told(size_t group_count, const gid_t *groups)
{
	struct peer *client = client_new(USER, GROUP, group_count, groups), *peer;
	pid_t pid;

	peer = peer_of_client(client, &pid);
	assert_int_equal(peer->pid, pid);
	assert_int_equal(peer->uid, USER);
	assert_int_equal(peer->gid, GROUP);
	assert_int_equal(peer->group_count, group_count);
	if (group_count)
		assert_memory_equal(peer->groups, groups, group_count * sizeof(*groups));
	assert_false(peer_is_root(peer));
	assert_true(peer_in_group(peer, GROUP));
	for (size_t i = 0; i < group_count; i++)
		assert_true(peer_in_group(peer, groups[i]));
	assert_false(peer_in_group(peer, OTHER_GROUP));
	free(peer);
	free(client);
}

static void no_group_some_or_all_that_there_can_be_are_told(void **state)
{
	static gid_t groups[PEER_MOST_GROUPS];

	(void)state;
	if (geteuid() != 0)
		skip_because("needs root");
	for (gid_t i = 0; i < PEER_MOST_GROUPS; i++)
		groups[i] = 100000 + i;
	assert_told(0, NULL);
	assert_told(1, groups);
	assert_told(100, groups);
	assert_told(300, groups);
	assert_told(PEER_MOST_GROUPS, groups);
}

static void connect_from_namespace(void *unused)
{
	if (unshare(CLONE_NEWUSER))
		_exit(77);
	connect_as(unused);
}

static struct peer *peer_from(void (*how)(void *))
{
	int server = listening(), fd, status;
	pid_t pid = forked(how, NULL);
	struct pollfd connected = { .fd = server, .events = POLLIN };
	struct peer *peer = NULL;

	if (poll(&connected, 1, 2000) == 1) {
		fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		assert_int_equal(peer_of(fd, &peer), 0);
		close(fd);
		forked_kill(pid);
	} else {
		status = forked_status(pid);
		assert_int_equal(status, 77);
	}
	close(server);
	return peer;
}

static void one_in_another_user_namespace_is_foreign(void **state)
{
	struct peer *here = peer_from(connect_as), *there = peer_from(connect_from_namespace);

	(void)state;
	assert_false(here->foreign);
	free(here);
	if (!there)
		skip_because("user namespaces can't be made here");
	assert_true(there->foreign);
	free(there);
}

/* Its pid may be another's by now. */
static void of_one_that_has_ended_nothing_is_known(void **state)
{
	int server = listening(), fd, pidfd;
	socklen_t size = sizeof(pidfd);
	pid_t pid = forked(connect_as, NULL);
	struct peer *peer;

	(void)state;
	fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	close(server);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size)) {
		close(fd);
		forked_kill(pid);
		skip_because("this kernel has no SO_PEERPIDFD");
	}
	close(pidfd);
	kill(pid, SIGKILL);
	assert_true(await_state(pid, 'Z'));
	assert_int_equal(peer_of(fd, &peer), 0);
	assert_true(peer->foreign);
	free(peer);
	forked_kill(pid);
	close(fd);
}

static void who_was_never_there_is_nobody(void **state)
{
	struct peer *peer = NULL;
	int fd = new_socket(), file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(peer_of(fd, &peer), -ENOTCONN);
	assert_int_equal(peer_of(file, &peer), -ENOTSOCK);
	assert_int_equal(peer_of(-1, &peer), -EBADF);
	assert_null(peer);
	close(fd);
	close(file);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_peer_is_told_with_all_its_ids),
		tidy_test(no_group_some_or_all_that_there_can_be_are_told),
		tidy_test(one_in_another_user_namespace_is_foreign),
		tidy_test(of_one_that_has_ended_nothing_is_known),
		tidy_test(who_was_never_there_is_nobody),
	};

	return run_suite(tests, NULL, NULL);
}
