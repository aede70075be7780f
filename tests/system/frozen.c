/* SPDX-License-Identifier: BSD-2-Clause */
/* The fallback frozen: who stands still while it reads, and that all go on as if nothing had been.
 */
#include <errno.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "clock.h"
#include "forked.h"
#include "settled.h"
#include "stage.h"

#define READS 200

static const struct mapsnap_sequence no_source = { .size = sizeof(no_source) };

static struct mapsnap_options frozen_by(const struct mapsnap_sequence *sequence)
{
	return (struct mapsnap_options){
		.size = sizeof(struct mapsnap_options),
		.sequence = sequence,
		.attempts = 2,
		.deadline_ns = 2000000000u,
		.fallback = MAPSNAP_FALLBACK_FROZEN,
	};
}

/*
 * A source by which no attempt succeeds before the threads stand, and then so
 * many more; after that it looks for a while whether anybody runs.
 */
struct witness {
	struct mapsnap_sequence sequence;
	const struct stage *stage;
	pid_t reader;
	unsigned int spoils;
	uint64_t number;
	unsigned int looks; /* in an attempt that counts: two or more */
	unsigned long beats[STAGE_RUNNERS];
	bool moved;
	void (*meanwhile)(struct witness *witness);
	pid_t pid;
};

static void count_beats(const struct stage *stage, unsigned long *beats)
{
	for (unsigned int i = 0; i < STAGE_RUNNERS; i++)
		beats[i] = atomic_load(&stage->beats[i]);
}

static void look_for_a_while(struct witness *witness)
{
	unsigned long now[STAGE_RUNNERS];

	if (witness->looks++ == 0) {
		count_beats(witness->stage, witness->beats);
		if (witness->meanwhile)
			witness->meanwhile(witness);
		usleep(3000);
		return;
	}
	count_beats(witness->stage, now);
	witness->moved |= memcmp(now, witness->beats, sizeof(now)) != 0;
}

static int read_witness(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	struct witness *witness = (struct witness *)(uintptr_t)self;

	(void)maps_fd;
	if (gettid() == witness->reader) {
		*sequence = witness->number += 2;
	} else if (witness->spoils) {
		witness->spoils--;
		*sequence = witness->number += 2;
	} else {
		look_for_a_while(witness);
		*sequence = witness->number;
	}
	return 0;
}

static struct witness witness_of(const struct actor *actor)
{
	return (struct witness){
		.sequence = {
			.size = sizeof(struct mapsnap_sequence),
			.source = MAPSNAP_SOURCE_BPF,
			.read = read_witness,
		},
		.stage = actor->stage,
		.reader = gettid(),
		.pid = actor->pid,
	};
}

/* The two looks of one attempt, the first of which is answered otherwise. */
#define ONE_ATTEMPT 2

static void read_before(struct mapsnap_process *process, struct witness *witness)
{
	struct mapsnap_options options = frozen_by(&witness->sequence);
	struct mapsnap *snapshot = must_read(process, &options);

	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_true(mapsnap_info(snapshot)->pause_ns >= 3000000);
	assert_true(witness->looks >= 2);
	assert_false(witness->moved);
	mapsnap_unref(snapshot);
}

static void assert_stands(const struct actor *actor, unsigned int spoils)
{
	struct mapsnap_process *process = must_open(actor->pid);
	struct witness witness = witness_of(actor);

	witness.spoils = spoils;
	read_before(process, &witness);
	mapsnap_close(process);
}

static void assert_not_traced(pid_t pid)
{
	/* What was let go may need a moment to be seen so. */
	for (unsigned int i = 0; i < 10000; i++) {
		if (!stage_traced(pid))
			return;
		usleep(1000);
	}
	fail_msg("%d is still traced", (int)pid);
}

static void assert_goes_on(const struct actor *actor, unsigned int runners)
{
	for (unsigned int i = 0; i < runners; i++)
		assert_true(stage_goes_on(actor->stage, i));
	assert_not_traced(actor->pid);
}

static void play(const char *role, unsigned int runners, unsigned int spoils)
{
	struct actor actor = stage_enter(role);

	assert_goes_on(&actor, runners);
	for (unsigned int i = 0; i < 20; i++)
		assert_stands(&actor, spoils);
	assert_goes_on(&actor, runners);
	stage_leave(&actor);
}

static void all_threads_stand_and_go_on(void **state)
{
	(void)state;
	play("threads", 4, 0);
}

static void threads_that_are_made_meanwhile_stand_too(void **state)
{
	(void)state;
	play("relay", 2, 0);
}

static void a_process_whose_main_thread_has_ended_stands(void **state)
{
	(void)state;
	play("orphans", 2, 0);
}

/* All processes are seen only there. */
#define need_initial_namespace()                                                     \
	do {                                                                         \
		struct stat ns;                                                      \
		if (stat("/proc/self/ns/pid", &ns) || ns.st_ino != 0xEFFFFFFC)       \
			skip_because("needs the initial pid namespace");             \
		if (syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0))            \
			skip_because("needs kcmp(2), which is absent or forbidden"); \
	} while (0)

static void processes_that_share_its_memory_stand_too(void **state)
{
	(void)state;
	need_initial_namespace();
	play("sharers", 2, ONE_ATTEMPT);
}

static void the_child_of_a_vfork_stands_and_its_parent_with_it(void **state)
{
	(void)state;
	need_initial_namespace();
	play("vfork", 2, ONE_ATTEMPT);
}

static void the_parent_of_a_vfork_is_no_obstacle_to_reading_its_child(void **state)
{
	struct actor actor = stage_enter("vfork"), child;

	(void)state;
	need_initial_namespace();
	assert_goes_on(&actor, 2);
	child = (struct actor){ .pid = actor.stage->other, .stage = actor.stage };
	for (unsigned int i = 0; i < 20; i++)
		assert_stands(&child, ONE_ATTEMPT);
	assert_goes_on(&actor, 2);
	stage_leave(&actor);
}

/* That of the vfork can't be let go by a call: the end of the thread that held it does it. */
static void one_read_after_the_other_finds_nobody_traced(void **state)
{
	struct mapsnap_options options = frozen_by(&no_source);
	struct actor actor = stage_enter("vfork");
	struct mapsnap_process *process = must_open(actor.pid);

	(void)state;
	for (unsigned int i = 0; i < READS; i++)
		mapsnap_unref(must_read(process, &options));
	mapsnap_close(process);
	stage_leave(&actor);
}

static void threads_of_io_uring_stand_too(void **state)
{
	struct actor actor = stage_enter("ring");

	(void)state;
	assert_goes_on(&actor, 1);
	if (actor.stage->absent) {
		stage_leave(&actor);
		skip_because("needs io_uring, which is absent or forbidden");
	}
	for (unsigned int i = 0; i < 20; i++)
		assert_stands(&actor, 0);
	assert_goes_on(&actor, 1);
	stage_leave(&actor);
}

/* Without a source, as it is used: what is frozen is what the process has at rest. */
static void a_process_is_read_frozen_where_its_sharers_can_be_told(void **state)
{
	struct mapsnap_options options = frozen_by(&no_source);
	struct actor actor = stage_enter("sharers");
	struct mapsnap *snapshot;

	(void)state;
	need_initial_namespace();
	assert_goes_on(&actor, 2);
	snapshot = must_read_pid(actor.pid, &options);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 0);
	assert_true(mapsnap_info(snapshot)->pause_ns > 0);
	/* Another user's process may hide that, from those who may not ask. */
	if (mapsnap_info(snapshot)->reason != MAPSNAP_REASON_SHARERS) {
		assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_FROZEN);
		assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_FROZEN);
	} else {
		assert_int_not_equal(geteuid(), 0);
	}
	mapsnap_unref(snapshot);
	assert_goes_on(&actor, 2);
	stage_leave(&actor);
}

static void assert_beats_not(const struct actor *actor)
{
	unsigned long before[STAGE_RUNNERS], after[STAGE_RUNNERS];

	count_beats(actor->stage, before);
	usleep(20000);
	count_beats(actor->stage, after);
	assert_memory_equal(before, after, sizeof(before));
}

static void a_process_that_was_stopped_remains_so(void **state)
{
	struct actor actor = stage_enter("threads");

	(void)state;
	assert_goes_on(&actor, 4);
	kill(actor.pid, SIGSTOP);
	for (unsigned int i = 0; i < 20; i++) {
		assert_true(await_state(actor.pid, 'T'));
		assert_stands(&actor, 0);
	}
	assert_true(await_state(actor.pid, 'T'));
	assert_not_traced(actor.pid);
	assert_beats_not(&actor);
	kill(actor.pid, SIGCONT);
	assert_goes_on(&actor, 4);
	stage_leave(&actor);
}

static void send_continue(struct witness *witness)
{
	kill(witness->pid, SIGCONT);
}

static void a_process_that_is_continued_meanwhile_goes_on(void **state)
{
	struct actor actor = stage_enter("threads");
	struct mapsnap_process *process = must_open(actor.pid);

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		struct witness witness = witness_of(&actor);

		witness.meanwhile = send_continue;
		kill(actor.pid, SIGSTOP);
		assert_true(await_state(actor.pid, 'T'));
		read_before(process, &witness);
		assert_goes_on(&actor, 4);
	}
	mapsnap_close(process);
	stage_leave(&actor);
}

static void send_stop(struct witness *witness)
{
	kill(witness->pid, SIGSTOP);
}

static void a_process_that_is_stopped_meanwhile_is_stopped(void **state)
{
	struct actor actor = stage_enter("threads");
	struct mapsnap_process *process = must_open(actor.pid);

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		struct witness witness = witness_of(&actor);

		assert_goes_on(&actor, 4);
		witness.meanwhile = send_stop;
		read_before(process, &witness);
		assert_true(await_state(actor.pid, 'T'));
		kill(actor.pid, SIGCONT);
	}
	mapsnap_close(process);
	stage_leave(&actor);
}

/* Sends signals without a pause until it is killed; each has a place in the queue. */
struct sender {
	pid_t to;
	atomic_ulong *sent;
};

static void send_on(void *argument)
{
	const struct sender *sender = argument;

	/* The first stop is for forked(). */
	forked_pause();
	for (;;) {
		if (sigqueue(sender->to, SIGRTMIN, (union sigval){ 0 }) == 0)
			atomic_fetch_add(sender->sent, 1);
		usleep(50);
	}
}

static bool await_signals(const struct actor *actor, unsigned long sent)
{
	for (unsigned int i = 0; i < 10000; i++) {
		if (atomic_load(&actor->stage->signals) == sent)
			return true;
		usleep(1000);
	}
	return false;
}

/* Between the sending and the counting it must not be killed. */
static void stop_sending(pid_t pid)
{
	kill(pid, SIGSTOP);
	await_state(pid, 'T');
	usleep(10000);
}

static void signals_that_come_meanwhile_are_not_lost(void **state)
{
	struct mapsnap_options options = frozen_by(&no_source);
	struct actor actor = stage_enter("signals");
	struct mapsnap_process *process = must_open(actor.pid);
	atomic_ulong *sent = shared_page();
	struct sender sender = { actor.pid, sent };
	unsigned long before = 0;
	pid_t pid;

	(void)state;
	assert_goes_on(&actor, 4);
	pid = forked(send_on, &sender);
	forked_continue(pid);
	for (unsigned int i = 0; i < READS; i++) {
		mapsnap_unref(must_read(process, &options));
		before = atomic_load(sent);
	}
	assert_true(before > READS / 2);
	stop_sending(pid);
	/* It may have been stopped between the two. */
	assert_true(await_signals(&actor, atomic_load(sent)) ||
		    await_signals(&actor, atomic_load(sent) + 1));
	forked_kill(pid);
	mapsnap_close(process);
	unshare_page(sent);
	stage_leave(&actor);
}

static void read_on(void *argument)
{
	const struct actor *actor = argument;
	struct mapsnap_options options = frozen_by(&no_source);
	struct mapsnap_process *process;
	struct mapsnap *snapshot;

	if (mapsnap_open_pid(actor->pid, &process))
		_exit(1);
	forked_pause();
	for (;;)
		if (mapsnap_read(process, &options, &snapshot) == 0)
			mapsnap_unref(snapshot);
}

static void kill_readers(const struct actor *actor, unsigned int runners)
{
	srand48(4711);
	for (unsigned int i = 0; i < READS; i++) {
		pid_t reader = forked(read_on, (void *)(uintptr_t)actor);

		forked_continue(reader);
		usleep((useconds_t)(drand48() * 5000));
		forked_kill(reader);
		for (unsigned int j = 0; j < runners; j++)
			assert_true(stage_goes_on(actor->stage, j));
	}
	assert_not_traced(actor->pid);
}

static void where_the_reader_is_killed_all_go_on(void **state)
{
	struct actor actor = stage_enter("sharers");

	(void)state;
	kill_readers(&actor, 2);
	if (actor.stage->other)
		assert_not_traced(actor.stage->other);
	stage_leave(&actor);
}

/* Nor does what the kernel had taken from the queue go with the reader. */
static void where_the_reader_is_killed_no_signal_is_lost(void **state)
{
	struct actor actor = stage_enter("signals");
	atomic_ulong *sent = shared_page();
	struct sender sender = { actor.pid, sent };
	pid_t pid;

	(void)state;
	assert_goes_on(&actor, 4);
	pid = forked(send_on, &sender);
	forked_continue(pid);
	kill_readers(&actor, 4);
	assert_true(atomic_load(sent) > READS / 2);
	stop_sending(pid);
	assert_true(await_signals(&actor, atomic_load(sent)) ||
		    await_signals(&actor, atomic_load(sent) + 1));
	forked_kill(pid);
	unshare_page(sent);
	stage_leave(&actor);
}

/* And has the attempt fail, so that they are looked at once more. */
static void kill_it(struct witness *witness)
{
	kill(witness->pid, SIGKILL);
	witness->spoils = 1;
}

/* The kernel would let whoever traces it take that from whoever made it. */
static void the_end_of_a_child_is_left_to_be_waited_for(void **state)
{
	struct actor actor = stage_enter("threads");
	struct mapsnap_process *process = must_open(actor.pid);
	struct witness witness = witness_of(&actor);
	struct mapsnap_options options = frozen_by(&witness.sequence);
	struct mapsnap *snapshot;
	int status;

	(void)state;
	assert_goes_on(&actor, 4);
	witness.meanwhile = kill_it;
	assert_int_equal(mapsnap_read(process, &options, &snapshot), -ESRCH);
	assert_int_equal(waitpid(actor.pid, &status, 0), actor.pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	mapsnap_close(process);
	stage_leave(&actor);
}

/* epoll_wait is one of those that are never restarted; read is. */
static void a_call_that_is_never_restarted_returns_eintr(void **state)
{
	struct actor actor = stage_enter("epoll");

	(void)state;
	while (!stage_goes_on(actor.stage, 1) && atomic_load(&actor.stage->beats[1]) == 0)
		;
	assert_true(await_state(actor.pid, 'S'));
	assert_stands(&actor, 0);
	assert_true(await_state(actor.pid, 'S'));
	while (atomic_load(&actor.stage->beats[0]) == 0)
		usleep(1000);
	assert_int_equal(atomic_load(&actor.stage->interrupted), 1);
	stage_leave(&actor);
}

static void a_call_that_is_restarted_does_not_return(void **state)
{
	struct actor actor = stage_enter("pipe");

	(void)state;
	assert_true(await_state(actor.pid, 'S'));
	assert_stands(&actor, 0);
	assert_not_traced(actor.pid);
	usleep(50000);
	assert_int_equal(atomic_load(&actor.stage->beats[0]), 0);
	stage_leave(&actor);
}

/*
 * exec waits for the threads that it ends, and those for us; we, in PTRACE_SEIZE,
 * for exec. Neither may last.
 */
static bool read_between_execs(const struct actor *actor)
{
	struct mapsnap_options options = frozen_by(&no_source);
	struct mapsnap_process *process;
	struct mapsnap *snapshot = NULL;
	uint64_t since = now_ns();
	int r = mapsnap_open_pid(actor->pid, &process);

	if (r == -EAGAIN)
		return false;
	assert_int_equal(r, 0);
	options.deadline_ns = 50000000;
	r = mapsnap_read(process, &options, &snapshot);
	if (r && r != -ESTALE && r != -EAGAIN)
		fail_msg("%d: %s", r, mapsnap_error(process));
	assert_true(now_ns() - since < 10000000000u);
	mapsnap_unref(snapshot);
	mapsnap_close(process);
	return r == 0;
}

static void exec_of_many_threads_is_not_held_up(void **state)
{
	struct actor actor = stage_enter("execs");
	unsigned long starts = atomic_load(&actor.stage->starts);
	unsigned int good = 0;

	(void)state;
	for (unsigned int i = 0; i < READS || (good == 0 && i < 10 * READS); i++)
		good += read_between_execs(&actor);
	assert_true(good > 0);
	assert_true(atomic_load(&actor.stage->starts) > starts);
	assert_goes_on(&actor, 1);
	stage_leave(&actor);
}

/* Ready to call exec as soon as it is seized. */
static void await_readiness(const struct stage *stage)
{
	while (atomic_load(&stage->beats[0]) != atomic_load(&stage->starts))
		usleep(1000);
}

#define FLIGHT_DEADLINE 50000000u /* ns */
#define FLIGHT_HANGS    70000000u /* it was ended then */
#define FLIGHT_PATIENCE 10000000000u

/* How long a read took that has the process call exec while its threads are being seized. */
static uint64_t read_in_flight(const struct actor *actor)
{
	struct mapsnap_options options = frozen_by(&no_source);
	struct mapsnap_process *process = must_open(actor->pid);
	struct mapsnap *snapshot = NULL;
	uint64_t since = now_ns();
	int r;

	options.deadline_ns = FLIGHT_DEADLINE;
	r = mapsnap_read(process, &options, &snapshot);
	if (r && r != -ESTALE && r != -EAGAIN)
		fail_msg("%d: %s", r, mapsnap_error(process));
	mapsnap_unref(snapshot);
	mapsnap_close(process);
	return now_ns() - since;
}

static void exec_that_waits_for_us_while_we_wait_for_it_goes_on(void **state)
{
	struct actor actor = stage_enter("flight");
	unsigned int hung = 0;

	(void)state;
	/* Neither ends by itself, so that the test would not. */
	alarm(200);
	for (unsigned int i = 0; i < READS && hung < 3; i++) {
		uint64_t ns;

		await_readiness(actor.stage);
		ns = read_in_flight(&actor);
		assert_true(ns < FLIGHT_PATIENCE);
		hung += ns >= FLIGHT_HANGS;
	}
	await_readiness(actor.stage);
	assert_not_traced(actor.pid);
	stage_leave(&actor);
	alarm(0);
	if (!hung)
		skip_because(
			"needs a kernel that does not seize during exec, and was not met in time");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(all_threads_stand_and_go_on),
		tidy_test(threads_that_are_made_meanwhile_stand_too),
		tidy_test(a_process_whose_main_thread_has_ended_stands),
		tidy_test(processes_that_share_its_memory_stand_too),
		tidy_test(the_child_of_a_vfork_stands_and_its_parent_with_it),
		tidy_test(the_parent_of_a_vfork_is_no_obstacle_to_reading_its_child),
		tidy_test(one_read_after_the_other_finds_nobody_traced),
		tidy_test(threads_of_io_uring_stand_too),
		tidy_test(a_process_is_read_frozen_where_its_sharers_can_be_told),
		tidy_test(a_process_that_was_stopped_remains_so),
		tidy_test(a_process_that_is_continued_meanwhile_goes_on),
		tidy_test(a_process_that_is_stopped_meanwhile_is_stopped),
		tidy_test(signals_that_come_meanwhile_are_not_lost),
		tidy_test(where_the_reader_is_killed_all_go_on),
		tidy_test(where_the_reader_is_killed_no_signal_is_lost),
		tidy_test(the_end_of_a_child_is_left_to_be_waited_for),
		tidy_test(a_call_that_is_never_restarted_returns_eintr),
		tidy_test(a_call_that_is_restarted_does_not_return),
		tidy_test(exec_of_many_threads_is_not_held_up),
		tidy_test(exec_that_waits_for_us_while_we_wait_for_it_goes_on),
	};

	stage_main(argc, argv);
	return run_suite(tests, NULL, NULL);
}
