/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may read which process, as the gate says and as the kernel says to the client itself. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "asserts.h"
#include "clients.h"
#include "forked.h"
#include "gate.h"
#include "settled.h"

#define MAPPED_USER 72005 /* in a user namespace of USER's */
#define OUTER_USER  73005 /* in one of root's */

#define need_root()                                 \
	do {                                        \
		if (geteuid() != 0)                 \
			skip_because("needs root"); \
	} while (0)

static struct gate gate;
static struct peer *user, *other_user, *user_other_group, *user_more_group, *mapped_user,
	*outer_user;

static int start(void **state)
{
	static const gid_t more[] = { MORE_GROUP };

	(void)state;
	user = client_new(USER, GROUP, 0, NULL);
	other_user = client_new(OTHER_USER, OTHER_GROUP, 0, NULL);
	user_other_group = client_new(USER, OTHER_GROUP, 0, NULL);
	user_more_group = client_new(USER, GROUP, 1, more);
	mapped_user = client_new(MAPPED_USER, MAPPED_USER, 0, NULL);
	outer_user = client_new(OUTER_USER, OUTER_USER, 0, NULL);
	return geteuid() == 0 ? gate_start(&gate) : 0;
}

static int stop(void **state)
{
	(void)state;
	if (geteuid() == 0)
		gate_stop(&gate);
	free(user);
	free(other_user);
	free(user_other_group);
	free(user_more_group);
	free(mapped_user);
	free(outer_user);
	return 0;
}

static int verdict(const struct peer *client, pid_t pid)
{
	return client_judged(&gate, client, pid, client_start_time(pid));
}

/* Both say so. */
static void assert_verdict(const struct peer *client, pid_t pid, int expected)
{
	assert_int_equal(client_opens(client, pid), expected);
	assert_int_equal(verdict(client, pid), expected);
}

static void idle_as(void *client)
{
	client_become(client);
	forked_idle(NULL);
}

static void a_process_of_ones_own_may_be_read(void **state)
{
	pid_t pid;

	(void)state;
	need_root();
	pid = forked(idle_as, user);
	assert_verdict(user, pid, 0);
	assert_verdict(user_more_group, pid, 0);
	forked_kill(pid);
}

static void one_of_another_user_may_not(void **state)
{
	pid_t pid, roots;

	(void)state;
	need_root();
	pid = forked(idle_as, other_user);
	roots = forked(forked_idle, NULL);
	assert_verdict(user, pid, -EACCES);
	assert_verdict(user, roots, -EACCES);
	assert_verdict(user, getpid(), -EACCES);
	forked_kill(pid);
	forked_kill(roots);
}

/* The kernel compares the gid too, and no supplementary group counts for it. */
static void one_of_another_group_may_not(void **state)
{
	static const gid_t groups[] = { OTHER_GROUP, GROUP };
	struct peer *other;
	pid_t pid, others;

	(void)state;
	need_root();
	other = client_new(OTHER_USER, OTHER_GROUP, 2, groups);
	pid = forked(idle_as, user_other_group);
	others = forked(idle_as, other);
	assert_verdict(user, pid, -EACCES);
	assert_verdict(user_more_group, others, -EACCES);
	assert_verdict(user, others, -EACCES);
	forked_kill(pid);
	forked_kill(others);
	free(other);
}

static void idle_not_dumpable(void *client)
{
	client_become(client);
	prctl(PR_SET_DUMPABLE, 0);
	forked_idle(NULL);
}

static void one_that_may_not_be_dumped_may_not(void **state)
{
	pid_t pid;

	(void)state;
	need_root();
	pid = forked(idle_not_dumpable, user);
	assert_verdict(user, pid, -EACCES);
	forked_kill(pid);
}

/* A copy of sleep with this mode, root's. */
static void copy_of_sleep(char path[], mode_t mode)
{
	int from = open("/bin/sleep", O_RDONLY | O_CLOEXEC), to = mkostemp(path, O_CLOEXEC);
	char buffer[65536];
	ssize_t n;

	assert_true(from >= 0 && to >= 0);
	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		assert_int_equal(write(to, buffer, (size_t)n), n);
	assert_int_equal(fchmod(to, mode), 0);
	close(from);
	close(to);
}

static void sleep_as_user(void *path)
{
	client_become(user);
	forked_pause();
	execl(path, "sleep", "1000", NULL);
}

static void assert_verdict_of_program(mode_t mode, int expected)
{
	char path[] = "/tmp/gate-XXXXXX";
	pid_t pid;

	copy_of_sleep(path, mode);
	pid = forked(sleep_as_user, path);
	assert_verdict(user, pid, 0);
	forked_continue(pid);
	assert_true(settled(pid));
	assert_verdict(user, pid, expected);
	forked_kill(pid);
	unlink(path);
}

static void one_that_executes_what_its_user_may_not_read_may_not(void **state)
{
	(void)state;
	need_root();
	assert_verdict_of_program(0755, 0);
	assert_verdict_of_program(0711, -EACCES);
}

static void one_that_executes_a_setuid_program_may_not(void **state)
{
	(void)state;
	need_root();
	assert_verdict_of_program(04755, -EACCES);
}

static void keep_one_capability(void *number)
{
	uint64_t kept = UINT64_C(1) << *(const int *)number;
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .permitted = (uint32_t)kept } };

	prctl(PR_SET_KEEPCAPS, 1);
	client_become(user);
	if (syscall(SYS_capset, &header, data) || prctl(PR_SET_DUMPABLE, 1))
		_exit(255);
	forked_idle(NULL);
}

/* Also where it is one that the helper has. */
static void one_with_more_capabilities_than_the_client_may_not(void **state)
{
	int numbers[] = { CAP_SETUID, CAP_SETGID, CAP_NET_RAW };

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		pid_t pid = forked(keep_one_capability, &numbers[i]);

		assert_verdict(user, pid, -EACCES);
		forked_kill(pid);
	}
}

static void end_main_thread_as(void *client)
{
	client_become(client);
	forked_end_main_thread(NULL);
}

/* The file of its main thread opens for everybody, and is empty. */
static void one_without_main_thread_is_judged_by_the_others(void **state)
{
	pid_t own, others;

	(void)state;
	need_root();
	own = forked(end_main_thread_as, user);
	others = forked(end_main_thread_as, other_user);
	forked_continue(own);
	forked_continue(others);
	assert_true(await_state(own, 'Z') && await_state(others, 'Z'));
	assert_int_equal(verdict(user, own), 0);
	assert_int_equal(verdict(user, others), -EACCES);
	forked_kill(own);
	forked_kill(others);
}

static void *start_another_and_end(void *unused)
{
	pthread_attr_t detached;
	pthread_t thread;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	while (pthread_create(&thread, &detached, start_another_and_end, NULL))
		usleep(100);
	pthread_attr_destroy(&detached);
	return unused;
}

static void end_threads_as(void *client)
{
	client_become(client);
	forked_pause();
	start_another_and_end(NULL);
	start_another_and_end(NULL);
	pthread_exit(NULL);
}

/* Their files too open for everybody when they have ended. */
static void one_whose_threads_end_again_and_again_may_not(void **state)
{
	unsigned int judged = 0;
	pid_t pid;

	(void)state;
	need_root();
	pid = forked(end_threads_as, other_user);
	forked_continue(pid);
	assert_true(await_state(pid, 'Z'));
	for (unsigned int i = 0; i < 1000; i++) {
		int r = verdict(user, pid);

		assert_true(r == -EACCES || r == -EAGAIN);
		judged += r == -EACCES;
	}
	assert_true(judged > 0);
	forked_kill(pid);
}

static void a_zombie_may_not(void **state)
{
	pid_t pid;

	(void)state;
	need_root();
	pid = forked(forked_end, NULL);
	assert_int_equal(verdict(user, pid), -ESRCH);
	forked_status(pid);
	assert_int_equal(client_judged(&gate, user, pid, 1), -ESRCH);
}

struct namespace
{
	const struct peer *maker;
	uid_t inside; /* becomes that one in it */
};

/* Its maker waits for the map first. */
static void idle_in_namespace(void *argument)
{
	const struct namespace *namespace = argument;

	if (namespace->maker)
		client_become(namespace->maker);
	if (unshare(CLONE_NEWUSER))
		_exit(errno);
	forked_pause();
	if (setresgid(namespace->inside, namespace->inside, namespace->inside) ||
	    setresuid(namespace->inside, namespace->inside, namespace->inside) ||
	    prctl(PR_SET_DUMPABLE, 1))
		_exit(255);
	forked_idle(NULL);
}

static void write_map(pid_t pid, const char *name, const char *map)
{
	char path[48];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, map, strlen(map)), strlen(map));
	close(fd);
}

/* -1 where it can't be had. */
static pid_t forked_in_namespace(struct namespace *namespace, const char *map)
{
	pid_t pid = forked(idle_in_namespace, namespace);

	if (!await_state(pid, 'T')) {
		forked_kill(pid);
		return -1;
	}
	write_map(pid, "uid_map", map);
	write_map(pid, "gid_map", map);
	forked_continue(pid);
	assert_true(await_state(pid, 'T'));
	return pid;
}

static pid_t forked_in_users_namespace(void)
{
	struct namespace of_user = { user, 5 };

	return forked_in_namespace(&of_user, "0 62001 1\n1 72001 10\n");
}

static pid_t forked_in_roots_namespace(void)
{
	struct namespace of_root = { NULL, 5 };

	return forked_in_namespace(&of_root, "0 0 1\n1 73001 10\n");
}

/* Who made a user namespace may read all that is in it, and who has the same uid outside may not.
 */
static void what_is_in_a_user_namespace_may_be_read_by_its_maker(void **state)
{
	pid_t users, roots;

	(void)state;
	need_root();
	users = forked_in_users_namespace();
	if (users < 0)
		skip_because("users can't make user namespaces here");
	roots = forked_in_roots_namespace();
	assert_verdict(user, users, 0);
	assert_verdict(mapped_user, users, -EACCES);
	assert_verdict(user, roots, -EACCES);
	assert_verdict(outer_user, roots, -EACCES);
	forked_kill(users);
	forked_kill(roots);
}

/* It would not change who asks. */
static void nobody_has_the_uid_that_means_no_change(void **state)
{
	struct peer *no_uid, *no_gid;
	pid_t pid;

	(void)state;
	need_root();
	no_uid = client_new((uid_t)-1, 0, 0, NULL);
	no_gid = client_new(USER, (gid_t)-1, 0, NULL);
	pid = forked(forked_idle, NULL);
	assert_int_equal(verdict(no_uid, pid), -EINVAL);
	assert_int_equal(verdict(no_gid, pid), -EINVAL);
	forked_kill(pid);
	free(no_uid);
	free(no_gid);
}

static void a_client_in_all_groups_that_there_can_be_is_judged(void **state)
{
	struct peer *busy, *too_busy;
	gid_t *groups;
	pid_t pid;

	(void)state;
	need_root();
	groups = calloc(PEER_MOST_GROUPS + 1, sizeof(*groups));
	for (gid_t i = 0; i <= PEER_MOST_GROUPS; i++)
		groups[i] = 100000 + i;
	busy = client_new(USER, GROUP, PEER_MOST_GROUPS, groups);
	too_busy = client_new(USER, GROUP, PEER_MOST_GROUPS + 1, groups);
	pid = forked(idle_as, user);
	assert_verdict(busy, pid, 0);
	assert_verdict(busy, getpid(), -EACCES);
	assert_int_equal(verdict(too_busy, pid), -E2BIG);
	forked_kill(pid);
	free(busy);
	free(too_busy);
	free(groups);
}

static void another_process_of_the_same_pid_is_not_taken_for_it(void **state)
{
	uint64_t start_time;
	pid_t pid;

	(void)state;
	need_root();
	pid = forked(idle_as, user);
	start_time = client_start_time(pid);
	assert_int_equal(client_judged(&gate, user, pid, start_time), 0);
	forked_kill(pid);
	usleep(50000); /* that another one starts at another time */
	if (forked_as(pid, idle_as, user) != pid)
		skip_because("a pid cannot be chosen: %s", strerrorname_np(errno));
	assert_int_equal(client_judged(&gate, user, pid, start_time), -ESRCH);
	assert_verdict(user, pid, 0);
	forked_kill(pid);
}

static uint64_t now_in_ticks(void)
{
	uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * ticks + (uint64_t)now.tv_nsec * ticks / 1000000000;
}

static bool choose_next_pid(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	bool chosen = fd >= 0 && dprintf(fd, "%d", (int)pid - 1) > 0;

	if (fd >= 0)
		close(fd);
	return chosen;
}

/* Whoever knows what pid it is going to have could have it open its own file. */
static void what_judges_for_the_gate_is_not_judged_by_itself(void **state)
{
	unsigned int hits = 0;
	pid_t free_pid;

	(void)state;
	need_root();
	for (unsigned int i = 0; i < 200; i++) {
		free_pid = forked(forked_end, NULL);
		forked_status(free_pid);
		if (!choose_next_pid(free_pid))
			skip_because("a pid cannot be chosen: %s", strerrorname_np(errno));
		switch (client_judged(&gate, user, free_pid, now_in_ticks())) {
		case -EACCES:
			hits++;
			break;
		case -ESRCH:
			break;
		default:
			fail();
		}
	}
	assert_true(hits > 0);
}

/* It shows to nobody what he may not read, but for those in a group. */
static bool mount_hidden(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("proc", "/proc", "proc", 0, "hidepid=2,gid=62003") == 0;
}

/* In a place of its own, with the helper in the group that the clients are not in. */
static void judge_hidden(void *others)
{
	static const gid_t groups[] = { MORE_GROUP };
	pid_t pid = *(pid_t *)others, own;
	struct gate hidden;

	if (setgroups(1, groups) || !mount_hidden())
		_exit(77);
	own = forked(idle_as, user);
	if (gate_start(&hidden))
		_exit(1);
	if (client_judged(&hidden, user, pid, client_start_time(pid)) != -ESRCH ||
	    client_opens(user, pid) != -ESRCH)
		_exit(2);
	if (client_judged(&hidden, user_more_group, pid, client_start_time(pid)) != -EACCES ||
	    client_opens(user_more_group, pid) != -EACCES)
		_exit(3);
	if (client_judged(&hidden, user, own, client_start_time(own)))
		_exit(4);
	gate_stop(&hidden);
}

static void what_is_hidden_from_a_client_is_not_there_for_it(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	need_root();
	pid = forked(idle_as, other_user);
	status = forked_status(forked(judge_hidden, &pid));
	forked_kill(pid);
	if (status == 77)
		skip_because("/proc can't be mounted anew here");
	assert_int_equal(status, 0);
}

static void judge_all(const struct peer *client, struct gate_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i += GATE_MOST_CASES) {
		size_t left = count - i;

		assert_int_equal(gate_judge(&gate, client, cases + i,
					    left < GATE_MOST_CASES ? left : GATE_MOST_CASES),
				 0);
	}
}

/* As many as there can be, of four kinds. */
static void each_of_many_has_its_own_verdict(void **state)
{
	static struct gate_case cases[GATE_MOST_CASES + 1];
	const int expected[] = { 0, -EACCES, -ESRCH, -EACCES };
	pid_t own, others;

	(void)state;
	need_root();
	own = forked(idle_as, user);
	others = forked(idle_not_dumpable, user);
	for (size_t i = 0; i <= GATE_MOST_CASES; i++) {
		pid_t pids[] = { own, getpid(), own, others };
		pid_t pid = pids[i % 4];

		cases[i] = (struct gate_case){ client_start_time(pid) + (i % 4 == 2), pid, 1 };
	}
	for (size_t count = 0; count <= GATE_MOST_CASES; count += 8) {
		assert_int_equal(gate_judge(&gate, user, cases, count), 0);
		for (size_t i = 0; i < GATE_MOST_CASES; i++) {
			assert_int_equal(cases[i].verdict, i < count ? expected[i % 4] : 1);
			cases[i].verdict = 1;
		}
	}
	assert_int_equal(gate_judge(&gate, user, cases, GATE_MOST_CASES + 1), -E2BIG);
	assert_int_equal(cases[0].verdict, 1);
	forked_kill(own);
	forked_kill(others);
}

#define MOST 32768

static size_t list_processes(pid_t pids[MOST])
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	while ((entry = readdir(proc)) && count < MOST)
		if (atoi(entry->d_name) > 0)
			pids[count++] = atoi(entry->d_name);
	closedir(proc);
	return count;
}

/* Processes come and go: what differs is asked for again. Zombies have no memory, see above. */
static bool agree(const struct peer *client, pid_t pid, int by_gate, int by_client)
{
	for (unsigned int i = 0; i < 20; i++) {
		if (by_gate == by_client || has_state(pid, 'Z') || has_state(pid, 'X'))
			return true;
		usleep(10000);
		by_client = client_opens(client, pid);
		by_gate = verdict(client, pid);
	}
	fprintf(stderr, "PID %d, uid %u: %s\n", (int)pid, client->uid, strerrorname_np(-by_client));
	return false;
}

static size_t count_agreed(const struct peer *client, size_t *allowed)
{
	static pid_t pids[MOST];
	static int results[MOST];
	static struct gate_case cases[MOST];
	size_t count = list_processes(pids);

	for (size_t i = 0; i < count; i++)
		cases[i] = (struct gate_case){ client_start_time(pids[i]), pids[i], 1 };
	client_opens_each(client, pids, count, results);
	judge_all(client, cases, count);
	for (size_t i = 0; i < count; i++) {
		assert_true(agree(client, pids[i], cases[i].verdict, results[i]));
		*allowed += results[i] == 0;
	}
	return count;
}

/* Some of each kind, beside what the machine has. */
static void gate_and_kernel_agree_on_every_process(void **state)
{
	const struct peer *clients[] = { user,        other_user, user_other_group, user_more_group,
					 mapped_user, outer_user };
	size_t judged = 0, allowed = 0;
	int number = CAP_SETUID;
	pid_t pids[8];

	(void)state;
	need_root();
	pids[0] = forked(idle_as, user);
	pids[1] = forked(idle_as, other_user);
	pids[2] = forked(idle_as, user_other_group);
	pids[3] = forked(idle_not_dumpable, user);
	pids[4] = forked(keep_one_capability, &number);
	pids[5] = forked(idle_as, outer_user);
	pids[6] = forked_in_users_namespace();
	pids[7] = forked_in_roots_namespace();
	for (size_t i = 0; i < 6; i++)
		judged += count_agreed(clients[i], &allowed);
	print_message("%zu verdicts, %zu of them that it may be read\n", judged, allowed);
	assert_true(judged > 48 && allowed >= 6 && allowed < judged);
	for (size_t i = 0; i < 8; i++)
		if (pids[i] > 0)
			forked_kill(pids[i]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_process_of_ones_own_may_be_read),
		tidy_test(one_of_another_user_may_not),
		tidy_test(one_of_another_group_may_not),
		tidy_test(one_that_may_not_be_dumped_may_not),
		tidy_test(one_that_executes_what_its_user_may_not_read_may_not),
		tidy_test(one_that_executes_a_setuid_program_may_not),
		tidy_test(one_with_more_capabilities_than_the_client_may_not),
		tidy_test(one_without_main_thread_is_judged_by_the_others),
		tidy_test(one_whose_threads_end_again_and_again_may_not),
		tidy_test(a_zombie_may_not),
		tidy_test(what_is_in_a_user_namespace_may_be_read_by_its_maker),
		tidy_test(nobody_has_the_uid_that_means_no_change),
		tidy_test(a_client_in_all_groups_that_there_can_be_is_judged),
		tidy_test(another_process_of_the_same_pid_is_not_taken_for_it),
		tidy_test(what_judges_for_the_gate_is_not_judged_by_itself),
		tidy_test(what_is_hidden_from_a_client_is_not_there_for_it),
		tidy_test(each_of_many_has_its_own_verdict),
		tidy_test(gate_and_kernel_agree_on_every_process),
	};

	return run_suite(tests, start, stop);
}
