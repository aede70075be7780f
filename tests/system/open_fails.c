/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a process that cannot be opened; and nothing stays open. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "nobody.h"

static void a_zombie_cannot_be_opened(void **state)
{
	struct mapsnap_process *process;
	pid_t pid = forked(forked_end, NULL);
	int pidfd = open_pidfd(pid);

	(void)state;
	forked_await_zombie(pid);
	assert_int_equal(mapsnap_open_pid(pid, &process), -ESRCH);
	assert_int_equal(mapsnap_open_pidfd(pidfd, &process), -ESRCH);
	assert_int_equal(forked_status(pid), 0);
	assert_int_equal(mapsnap_open_pid(pid, &process), -ESRCH);
	assert_int_equal(mapsnap_open_pidfd(pidfd, &process), -ESRCH);
	close(pidfd);
}

static void what_is_no_process_is_told_apart(void **state)
{
	struct mapsnap_process *process;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(mapsnap_open_pid(0, &process), -EINVAL);
	assert_int_equal(mapsnap_open_pid(-1, &process), -EINVAL);
	assert_int_equal(mapsnap_open_pid(INT32_MAX, &process), -ESRCH);
	assert_int_equal(mapsnap_open_pidfd(-1, &process), -EBADF);
	assert_int_equal(mapsnap_open_pidfd(null, &process), -EBADF);
	assert_int_equal(mapsnap_open_fd(-1, &process), -EBADF);
	close(null);
}

static void a_file_that_is_no_maps_file_is_refused(void **state)
{
	static const char *const others[] = { "smaps", "stat", "status", "numa_maps", "exe", "fd" };
	struct mapsnap_process *process;
	int ends[2];

	(void)state;
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		int fd = open_file_of(getpid(), others[i]);

		if (fd < 0)
			continue; /* numa_maps is not in every kernel */
		if (mapsnap_open_fd(fd, &process) != -EINVAL)
			fail_msg("%s was taken for maps", others[i]);
		close(fd);
	}
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(mapsnap_open_fd(ends[0], &process), -EINVAL);
	close(ends[0]);
	close(ends[1]);
}

static int open_and_keep(void *pid)
{
	struct mapsnap_process *process;

	return mapsnap_open_pid(*(const pid_t *)pid, &process);
}

static void another_users_process_is_permission_denied(void **state)
{
	/* As root, one that is root's; else the first of all. */
	pid_t pid = geteuid() == 0 ? getpid() : 1;

	(void)state;
	assert_int_equal(as_nobody(open_and_keep, &pid), EACCES);
}

/* With so many descriptors free: 0, or what the library said. */
static int open_with_free(int n, const int *taken)
{
	struct mapsnap_process *process;
	int r;

	for (int i = 0; i < n; i++)
		close(taken[i]);
	r = mapsnap_open_pid(getpid(), &process);
	if (r == 0)
		mapsnap_close(process);
	for (int i = 0; i < n; i++)
		if (dup(STDIN_FILENO) != taken[i])
			_exit(3); /* one was left open */
	return r;
}

static void open_with_ever_more_descriptors(void *unused)
{
	struct rlimit limit = { 64, 64 };
	int taken[64], n = 0, needed = 0;

	(void)unused;
	setrlimit(RLIMIT_NOFILE, &limit);
	while ((taken[n] = dup(STDIN_FILENO)) >= 0)
		n++;
	while (needed < n && open_with_free(needed, taken) == -EMFILE)
		needed++;
	if (needed < 2 || needed == n)
		_exit(1);
	_exit(open_with_free(needed, taken) == 0 ? 0 : 2);
}

static void without_free_descriptors_it_says_so_and_leaves_none_open(void **state)
{
	(void)state;
	assert_int_equal(forked_status(forked(open_with_ever_more_descriptors, NULL)), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_zombie_cannot_be_opened),
		tidy_test(what_is_no_process_is_told_apart),
		tidy_test(a_file_that_is_no_maps_file_is_refused),
		tidy_test(another_users_process_is_permission_denied),
		tidy_test(without_free_descriptors_it_says_so_and_leaves_none_open),
	};

	return run_suite(tests, NULL, NULL);
}
