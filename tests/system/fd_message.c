/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages with descriptors: what arrives, and what is left where they do not. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asserts.h"
#include "fd_message.h"
#include "scarce.h"

static int ends[2];

static void open_ends(void)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static void close_ends(void)
{
	close(ends[0]);
	close(ends[1]);
}

static int send_text(const char *text, int fd)
{
	struct iovec parts[] = { { (void *)text, 1 }, { (void *)(text + 1), strlen(text) - 1 } };

	return fd_message_send(ends[0], parts, 2, fd);
}

static void a_message_comes_whole_and_with_its_descriptor(void **state)
{
	char text[16] = "";
	int fd = -2;

	(void)state;
	open_ends();
	assert_int_equal(fd_message_receive(ends[1], text, sizeof(text), &fd), -EAGAIN);
	assert_int_equal(send_text("with", STDERR_FILENO), 0);
	assert_int_equal(send_text("without", -1), 0);
	assert_int_equal(fd_message_receive(ends[1], text, sizeof(text), &fd), 4);
	assert_memory_equal(text, "with", 4);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	assert_int_equal(fd_message_receive(ends[1], text, sizeof(text), &fd), 7);
	assert_memory_equal(text, "without", 7);
	assert_int_equal(fd, -1);
	close_ends();
}

static void one_that_is_too_long_leaves_no_descriptor(void **state)
{
	char text[3];
	int fd = -2;

	(void)state;
	open_ends();
	assert_int_equal(send_text("too long", STDERR_FILENO), 0);
	assert_int_equal(fd_message_receive(ends[1], text, sizeof(text), &fd), -EMSGSIZE);
	assert_int_equal(fd, -2);
	close_ends();
}

static void a_descriptor_without_a_place_is_told(void **state)
{
	char text[16];
	int r, fd = -2;

	(void)state;
	open_ends();
	assert_int_equal(send_text("with", STDERR_FILENO), 0);
	scarce_descriptors(0);
	r = fd_message_receive(ends[1], text, sizeof(text), &fd);
	assert_int_equal(plenty_of_descriptors(), 0);
	assert_int_equal(r, -EMFILE);
	assert_int_equal(fd, -2);
	close_ends();
}

static void the_end_of_the_other_side_is_told(void **state)
{
	char text[16];
	int fd;

	(void)state;
	open_ends();
	assert_int_equal(send_text("unread", STDERR_FILENO), 0);
	close(ends[1]);
	assert_int_equal(send_text("in vain", STDERR_FILENO), -EPIPE);
	assert_int_equal(fd_message_receive(ends[0], text, sizeof(text), &fd), 0);
	close(ends[0]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_message_comes_whole_and_with_its_descriptor),
		tidy_test(one_that_is_too_long_leaves_no_descriptor),
		tidy_test(a_descriptor_without_a_place_is_told),
		tidy_test(the_end_of_the_other_side_is_told),
	};

	return run_suite(tests, NULL, NULL);
}
