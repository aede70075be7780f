/* SPDX-License-Identifier: BSD-2-Clause */
/* The helper of the gate: what it can do, and what becomes of requests when it is in trouble. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "capabilities.h"
#include "clients.h"
#include "clock.h"
#include "fd_message.h"
#include "forked.h"
#include "gate.h"
#include "gate_request.h"
#include "scarce.h"
#include "settled.h"

#define need_root()                                 \
	do {                                        \
		if (geteuid() != 0)                 \
			skip_because("needs root"); \
	} while (0)

#define SERVICE 62010 /* a user of its own */

static struct gate gate;
static struct peer *user, *other_user;
static pid_t own, others;

static void idle_as(void *client)
{
	client_become(client);
	forked_idle(NULL);
}

static int start(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	user = client_new(USER, GROUP, 0, NULL);
	other_user = client_new(OTHER_USER, OTHER_GROUP, 0, NULL);
	own = forked(idle_as, user);
	others = forked(idle_as, other_user);
	return gate_start(&gate);
}

static int stop(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	gate_stop(&gate);
	forked_kill(own);
	forked_kill(others);
	free(user);
	free(other_user);
	return 0;
}

/* As a service does that is started again. */
static int start_another(void)
{
	gate_stop(&gate);
	return gate_start(&gate);
}

static int ask(pid_t pid)
{
	return client_judged(&gate, user, pid, client_start_time(pid));
}

static void status_of(pid_t pid, char text[4096])
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, 4095);
	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

static void assert_line(const char *status, const char *line)
{
	if (!strstr(status, line))
		fail_msg("no line %s in %s", line + 1, status);
}

static size_t count_files(pid_t pid)
{
	char path[32];
	struct dirent *entry;
	size_t count = 0;
	DIR *files;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	files = opendir(path);
	while ((entry = readdir(files)))
		count += entry->d_name[0] != '.';
	closedir(files);
	return count;
}

/* Its socket, and what tells it of children. What it made a child for may be answered before it
 * has closed it. */
static void assert_no_other_file(void)
{
	for (unsigned int i = 0; i < 1000 && count_files(gate.helper) != 2; i++)
		usleep(1000);
	assert_int_equal(count_files(gate.helper), 2);
}

static void it_can_change_its_ids_and_nothing_else(void **state)
{
	char status[4096];

	(void)state;
	need_root();
	status_of(gate.helper, status);
	assert_line(status, "\nName:\tmapsnapd-gate\n" + 1);
	assert_line(status, "\nCapInh:\t0000000000000000\n");
	assert_line(status, "\nCapPrm:\t00000000000000c0\n");
	assert_line(status, "\nCapEff:\t00000000000000c0\n");
	assert_line(status, "\nCapAmb:\t0000000000000000\n");
	assert_line(status, "\nNoNewPrivs:\t1\n");
}

/* Who is not root can't look. */
static void it_has_no_other_file(void **state)
{
	(void)state;
	need_root();
	assert_no_other_file();
	assert_int_equal(client_opens(user, gate.helper), -EACCES);
}

/* Traces the helper, and with it each child that it makes. */
struct trap {
	pthread_t thread;
	sem_t ready, kept; /* the second: a child is where it is kept */
	long options;
	unsigned int hold;               /* so many, the first ones, stay where they begin */
	uint64_t keep;                   /* they stay where they make this system call, if not 0 */
	unsigned int wanted;             /* children until this ends */
	unsigned int begun, ended, most; /* the most at a time */
	char status[4096];               /* of the last one that had done its work */
};

static void go_on(const struct trap *trap, pid_t pid)
{
	ptrace(trap->keep ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL, NULL);
}

static void see_begin(struct trap *trap, pid_t pid)
{
	unsigned int here = ++trap->begun - trap->ended;

	trap->most = here > trap->most ? here : trap->most;
	if (trap->begun > trap->hold)
		go_on(trap, pid);
}

static void see_call(struct trap *trap, pid_t pid)
{
	struct __ptrace_syscall_info info = { 0 };

	ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == trap->keep)
		sem_post(&trap->kept);
	else
		go_on(trap, pid);
}

static void see_child(struct trap *trap, pid_t pid, int status)
{
	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		trap->ended++;
	} else if (status >> 16 == PTRACE_EVENT_STOP) {
		see_begin(trap, pid);
	} else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
		see_call(trap, pid);
	} else {
		status_of(pid, trap->status);
		go_on(trap, pid);
	}
}

static void *run_trap(void *argument)
{
	struct trap *trap = argument;
	int status;
	pid_t pid = 0;

	if (ptrace(PTRACE_SEIZE, gate.helper, NULL, trap->options))
		abort();
	sem_post(&trap->ready);
	while (pid >= 0 && trap->ended < trap->wanted) {
		pid = waitpid(-1, &status, __WALL | __WNOTHREAD);
		if (pid == gate.helper)
			ptrace(PTRACE_CONT, pid, NULL, status >> 16 ? 0L : (long)WSTOPSIG(status));
		else
			see_child(trap, pid, status);
	}
	return NULL;
}

static void set_trap(struct trap *trap)
{
	sem_init(&trap->ready, 0, 0);
	sem_init(&trap->kept, 0, 0);
	assert_int_equal(pthread_create(&trap->thread, NULL, run_trap, trap), 0);
	sem_wait(&trap->ready);
}

static void leave_trap(struct trap *trap)
{
	pthread_join(trap->thread, NULL);
	sem_destroy(&trap->ready);
	sem_destroy(&trap->kept);
}

static void its_children_are_the_client_and_can_do_nothing(void **state)
{
	static const gid_t groups[] = { OTHER_GROUP, MORE_GROUP };
	struct trap trap = { .options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT, .wanted = 1 };
	struct peer *client;

	(void)state;
	need_root();
	client = client_new(USER, GROUP, 2, groups);
	set_trap(&trap);
	assert_int_equal(client_judged(&gate, client, own, client_start_time(own)), 0);
	leave_trap(&trap);
	free(client);
	assert_line(trap.status, "\nUid:\t0\t62001\t0\t62001\n");
	assert_line(trap.status, "\nGid:\t62001\t62001\t62001\t62001\n");
	assert_line(trap.status, "\nGroups:\t62002 62003 \n");
	assert_line(trap.status, "\nCapInh:\t0000000000000000\n");
	assert_line(trap.status, "\nCapPrm:\t0000000000000000\n");
	assert_line(trap.status, "\nCapEff:\t0000000000000000\n");
	assert_line(trap.status, "\nCapAmb:\t0000000000000000\n");
	assert_line(trap.status, "\nNoNewPrivs:\t1\n");
}

struct asker {
	pthread_t thread;
	pid_t pid;
	int result;
	uint64_t took;
};

static void *run_asker(void *argument)
{
	struct asker *asker = argument;
	uint64_t begin = now_ns();

	asker->result = ask(asker->pid);
	asker->took = now_ns() - begin;
	return NULL;
}

static void start_asker(struct asker *asker, pid_t pid)
{
	asker->pid = pid;
	assert_int_equal(pthread_create(&asker->thread, NULL, run_asker, asker), 0);
}

#define MOST_CHILDREN 16
#define ASKERS        20

static void start_askers(struct asker askers[ASKERS])
{
	for (size_t i = 0; i < ASKERS; i++)
		start_asker(&askers[i], own);
}

/* The others begin when these have been killed. */
static void children_that_are_held_up_are_few_and_killed(void **state)
{
	struct trap trap = { .options = PTRACE_O_TRACEFORK, .hold = ASKERS, .wanted = ASKERS };
	struct asker askers[ASKERS];

	(void)state;
	need_root();
	set_trap(&trap);
	start_askers(askers);
	for (size_t i = 0; i < ASKERS; i++) {
		pthread_join(askers[i].thread, NULL);
		assert_true(askers[i].result == -EAGAIN || askers[i].result == -ETIMEDOUT);
		assert_in_range(askers[i].took, SECOND / 2, 3 * SECOND);
	}
	leave_trap(&trap);
	assert_int_equal(trap.most, MOST_CHILDREN);
	assert_int_equal(ask(own), 0);
	assert_no_other_file();
}

static void one_that_is_held_up_holds_up_nobody_else(void **state)
{
	struct trap trap = { .options = PTRACE_O_TRACEFORK, .hold = 1, .wanted = 11 };
	struct asker stuck;
	uint64_t begin;

	(void)state;
	need_root();
	set_trap(&trap);
	start_asker(&stuck, own);
	usleep(100000);
	begin = now_ns();
	for (unsigned int i = 0; i < 10; i++)
		assert_int_equal(ask(own), 0);
	assert_in_range(now_ns() - begin, 0, SECOND / 2);
	pthread_join(stuck.thread, NULL);
	leave_trap(&trap);
	assert_int_equal(stuck.result, -EAGAIN);
}

static void without_its_answer_a_call_ends_all_the_same(void **state)
{
	uint64_t begin;

	(void)state;
	need_root();
	kill(gate.helper, SIGSTOP);
	begin = now_ns();
	assert_int_equal(ask(own), -ETIMEDOUT);
	assert_in_range(now_ns() - begin, GATE_PATIENCE_NS, 2 * GATE_PATIENCE_NS);
	kill(gate.helper, SIGCONT);
	/* The answer of before is not taken for this one. */
	assert_int_equal(ask(others), -EACCES);
	assert_int_equal(ask(own), 0);
}

/* Where even the request finds no room. */
static void a_helper_that_takes_no_requests_makes_nobody_wait_for_ever(void **state)
{
	struct iovec part = { &part, sizeof(part) };

	(void)state;
	need_root();
	kill(gate.helper, SIGSTOP);
	while (fd_message_send(gate.socket, &part, 1, -1) == 0)
		;
	assert_int_equal(ask(own), -ETIMEDOUT);
	kill(gate.helper, SIGCONT);
	assert_int_equal(ask(own), 0);
}

/* Neither with a socket for an answer nor without one. */
static void assert_left_unanswered(const void *message, size_t size)
{
	struct iovec part = { (void *)message, size };
	int ends[2], unused;
	char answer;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(fd_message_send(gate.socket, &part, 1, -1), 0);
	assert_int_equal(fd_message_send(gate.socket, &part, 1, ends[1]), 0);
	close(ends[1]);
	assert_int_equal(ask(own), 0);
	assert_int_equal(fd_message_receive(ends[0], &answer, 1, &unused), 0);
	close(ends[0]);
}

static void what_is_no_request_is_left_unanswered(void **state)
{
	char junk[100] = { 1, 2, 3 };
	size_t sizes[] = { 1, 4, 15, 17, 100 };

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		assert_left_unanswered(junk, sizes[i]);
	assert_no_other_file();
}

static void one_that_claims_to_be_longer_or_shorter_is_left_unanswered(void **state)
{
	static union {
		struct gate_request request;
		char room[GATE_REQUEST_MOST];
	} message;
	struct gate_request *request = &message.request;
	const size_t cases = 2 * sizeof(struct gate_case), groups = 4 * sizeof(gid_t);

	(void)state;
	need_root();
	*request = (struct gate_request){ .uid = USER, .gid = GROUP, .case_count = 2 };
	assert_left_unanswered(request, sizeof(*request) + cases - 1);
	assert_left_unanswered(request, sizeof(*request) + cases + groups);
	request->group_count = UINT32_MAX;
	assert_left_unanswered(request, sizeof(*request) + cases + groups);
	/* More verdicts than an answer has room for. */
	request->case_count = GATE_MOST_CASES + 1;
	request->group_count = 0;
	assert_left_unanswered(request,
			       sizeof(*request) + (GATE_MOST_CASES + 1) * sizeof(struct gate_case));
	assert_no_other_file();
}

static void signals_for_all_leave_it_alone(void **state)
{
	int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGPIPE, SIGALRM };

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		kill(gate.helper, signals[i]);
	assert_int_equal(ask(own), 0);
}

static void its_death_is_told_at_once(void **state)
{
	struct asker asker;
	pid_t dead;

	(void)state;
	need_root();
	dead = gate.helper;
	kill(dead, SIGSTOP);
	start_asker(&asker, own);
	usleep(100000);
	kill(dead, SIGKILL);
	pthread_join(asker.thread, NULL);
	assert_int_equal(asker.result, -EPIPE);
	assert_in_range(asker.took, 0, SECOND);
	assert_int_equal(ask(own), -EPIPE);
	assert_int_equal(start_another(), 0);
	assert_true(has_state(dead, 'X'));
	assert_int_equal(ask(own), 0);
	assert_int_equal(ask(others), -EACCES);
}

/* Whatever holds them up in what they were made for. */
static void its_children_end_with_it(void **state)
{
	struct trap trap = {
		.options = PTRACE_O_TRACEFORK | PTRACE_O_TRACESYSGOOD,
		.keep = SYS_openat,
		.wanted = 1,
	};
	struct asker asker;

	(void)state;
	need_root();
	set_trap(&trap);
	start_asker(&asker, own);
	sem_wait(&trap.kept);
	kill(gate.helper, SIGKILL);
	leave_trap(&trap);
	pthread_join(asker.thread, NULL);
	assert_int_equal(asker.result, -EPIPE);
	assert_int_equal(start_another(), 0);
}

static void become_service(void)
{
	struct peer *service = client_new(SERVICE, SERVICE, 0, NULL);

	prctl(PR_SET_KEEPCAPS, 1);
	client_become(service);
	free(service);
	if (capabilities_keep(CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID)) ||
	    prctl(PR_SET_DUMPABLE, 1))
		_exit(255);
}

static bool opens(pid_t pid, const char *name)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Which has the same uid and capabilities as the helper. */
static void serve_as_service(void *unused)
{
	struct gate another;

	(void)unused;
	become_service();
	if (!opens(getpid(), "maps") || gate_start(&another))
		_exit(1);
	if (client_judged(&another, user, own, client_start_time(own)))
		_exit(2);
	if (client_judged(&another, user, others, client_start_time(others)) != -EACCES)
		_exit(3);
	if (opens(another.helper, "maps"))
		_exit(4);
	gate_stop(&another);
}

static void a_service_that_is_not_root_has_one_and_cannot_look_into_it(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(forked_status(forked(serve_as_service, NULL)), 0);
}

static void start_without_capabilities(void *unused)
{
	struct gate another;

	(void)unused;
	if (gate_start(&another))
		_exit(1);
	capabilities_keep(0);
	if (client_judged(&another, user, own, client_start_time(own)))
		_exit(2);
	gate_stop(&another);
	if (gate_start(&another) != -EPERM)
		_exit(3);
}

static void without_the_capabilities_none_starts(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(forked_status(forked(start_without_capabilities, NULL)), 0);
}

/* A child of it has the gate's socket too, and goes on. */
static void leave_a_helper(void *page)
{
	pid_t *pids = page, child;
	struct gate another;

	if (gate_start(&another))
		_exit(1);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	pids[0] = another.helper;
	pids[1] = child;
}

static void it_ends_with_the_service(void **state)
{
	pid_t *pids;

	(void)state;
	need_root();
	pids = shared_page();
	assert_int_equal(forked_status(forked(leave_a_helper, pids)), 0);
	assert_true(await_state(pids[0], 'X'));
	kill(pids[1], SIGKILL);
	unshare_page(pids);
}

static void without_free_descriptors_it_fails_and_leaks_none(void **state)
{
	unsigned int failed = 0;
	uint64_t start_time;
	int r;

	(void)state;
	need_root();
	start_time = client_start_time(own);
	for (unsigned int places = 0; places < 6; places++) {
		scarce_descriptors(places);
		r = client_judged(&gate, user, own, start_time);
		assert_true(r == 0 || r == -EMFILE);
		/* As many as before. */
		assert_int_equal(plenty_of_descriptors(), places);
		failed += r != 0;
	}
	assert_int_equal(failed, 2);
}

static void do_nothing(int number)
{
	(void)number;
}

static void signals_do_not_disturb_a_call(void **state)
{
	struct sigaction action = { .sa_handler = do_nothing }, before;
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { 0 };

	(void)state;
	need_root();
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(ask(own), 0);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
}

#define THREADS  8
#define REQUESTS 125 /* of each: 1,000 */

static bool answers_right(unsigned int i)
{
	struct gate_case both[] = { { client_start_time(others), others, 1 },
				    { client_start_time(own), own, 1 } };

	switch (i % 4) {
	case 0:
		return ask(own) == 0;
	case 1:
		return ask(others) == -EACCES;
	case 2:
		return client_judged(&gate, user, own, both[1].start_time + 1) == -ESRCH;
	default:
		return gate_judge(&gate, user, both, 2) == 0 && both[0].verdict == -EACCES &&
		       both[1].verdict == 0;
	}
}

static void *ask_often(void *argument)
{
	unsigned int *right = argument;

	for (unsigned int i = 0; i < REQUESTS; i++)
		*right += answers_right(i);
	return NULL;
}

static void many_threads_get_their_own_answers_and_nothing_leaks(void **state)
{
	unsigned int right[THREADS] = { 0 };
	pthread_t threads[THREADS];

	(void)state;
	need_root();
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, ask_often, &right[i]);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(right[i], REQUESTS);
	assert_no_other_file();
}

static bool has_child(pid_t pid)
{
	char path[64], digit;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, &digit, 1);
	close(fd);
	return n > 0;
}

/* The last one may still be on its way. */
static void none_of_its_children_stays_a_zombie(void **state)
{
	(void)state;
	need_root();
	for (unsigned int i = 0; i < 50; i++)
		assert_int_equal(ask(own), 0);
	for (unsigned int i = 0; i < 1000 && has_child(gate.helper); i++)
		usleep(1000);
	assert_false(has_child(gate.helper));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(it_can_change_its_ids_and_nothing_else),
		tidy_test(it_has_no_other_file),
		tidy_test(its_children_are_the_client_and_can_do_nothing),
		tidy_test(children_that_are_held_up_are_few_and_killed),
		tidy_test(one_that_is_held_up_holds_up_nobody_else),
		tidy_test(without_its_answer_a_call_ends_all_the_same),
		tidy_test(a_helper_that_takes_no_requests_makes_nobody_wait_for_ever),
		tidy_test(what_is_no_request_is_left_unanswered),
		tidy_test(one_that_claims_to_be_longer_or_shorter_is_left_unanswered),
		tidy_test(signals_for_all_leave_it_alone),
		tidy_test(its_death_is_told_at_once),
		tidy_test(its_children_end_with_it),
		tidy_test(a_service_that_is_not_root_has_one_and_cannot_look_into_it),
		tidy_test(without_the_capabilities_none_starts),
		tidy_test(it_ends_with_the_service),
		tidy_test(without_free_descriptors_it_fails_and_leaks_none),
		tidy_test(signals_do_not_disturb_a_call),
		tidy_test(many_threads_get_their_own_answers_and_nothing_leaks),
		tidy_test(none_of_its_children_stays_a_zombie),
	};

	return run_suite(tests, start, stop);
}
