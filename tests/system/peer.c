/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is at the other end of a Unix socket. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "asserts.h"
#include "clients.h"
#include "forked.h"

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
		tidy_test(who_was_never_there_is_nobody),
	};

	return run_suite(tests, NULL, NULL);
}
