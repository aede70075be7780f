/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A caller of PROCMAP_SNAPSHOT that blocks in its own memory, for as long as
 * whoever serves its userfaultfd likes. Nobody else may wait for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "observation.h"
#include "snapshot_call.h"

#define PAGE    4096UL
#define SECONDS 60 /* that something may take at most */

/* Memory whose first touch waits until it is served. */
struct trap {
	int uffd;
	char *page;
};

static struct trap trap_set(void)
{
	struct trap trap = {
		.uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK),
		.page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0),
	};
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register place = {
		.range = { (uintptr_t)trap.page, PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	assert_true(trap.uffd >= 0 && trap.page != MAP_FAILED);
	assert_int_equal(ioctl(trap.uffd, UFFDIO_API, &api), 0);
	assert_int_equal(ioctl(trap.uffd, UFFDIO_REGISTER, &place), 0);
	return trap;
}

/* Somebody is in it. */
static void trap_await(const struct trap *trap)
{
	struct pollfd ready = { .fd = trap->uffd, .events = POLLIN };
	struct uffd_msg message;

	assert_int_equal(poll(&ready, 1, SECONDS * 1000), 1);
	assert_int_equal(read(trap->uffd, &message, sizeof(message)), sizeof(message));
	assert_int_equal(message.event, UFFD_EVENT_PAGEFAULT);
}

static void trap_release(struct trap *trap)
{
	struct uffdio_zeropage zero = { .range = { (uintptr_t)trap->page, PAGE } };

	assert_int_equal(ioctl(trap->uffd, UFFDIO_ZEROPAGE, &zero), 0);
	close(trap->uffd);
}

/* One call on its own, whose names go into the trap. */
struct caller {
	pthread_t thread;
	struct trap trap;
	struct snapshot_room room;
	int maps;
	__u64 flags;
	int result;
	struct procmap_snapshot answer;
};

static void *call(void *data)
{
	struct caller *caller = data;

	caller->result = snapshot_call(caller->maps, caller->flags, &caller->room, &caller->answer);
	return NULL;
}

static void begin_call(struct caller *caller, pid_t target, __u64 flags)
{
	*caller = (struct caller){ .trap = trap_set(), .flags = flags };
	assert_true(snapshot_room_open(&caller->room, 1024, PAGE));
	munmap(caller->room.names, PAGE);
	caller->room.names = caller->trap.page;
	caller->maps = snapshot_maps_of(target);
	assert_true(caller->maps >= 0);
	assert_int_equal(pthread_create(&caller->thread, NULL, call, caller), 0);
	trap_await(&caller->trap);
}

static void end_call(struct caller *caller)
{
	trap_release(&caller->trap);
	pthread_join(caller->thread, NULL);
	close(caller->maps);
	snapshot_room_close(&caller->room);
}

/* Maps and unmaps each time that it is let go on. */
static void change_again_and_again(void *unused)
{
	(void)unused;
	for (;;) {
		forked_pause();
		void *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		munmap(p, PAGE);
	}
}

static bool stopped_again(pid_t pid)
{
	siginfo_t info = { 0 };

	for (int i = 0; i < SECONDS * 100; i++) {
		if (waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == pid)
			return true;
		usleep(10000);
	}
	return false;
}

/* What the target does needs its mmap_lock for writing, which whoever still held it would keep. */
static void assert_can_change(pid_t target, int maps)
{
	uint64_t before, after;

	assert_int_equal(sequence_of(maps, &before), 0);
	forked_continue(target);
	assert_true(stopped_again(target));
	assert_int_equal(sequence_of(maps, &after), 0);
	assert_true(after > before);
}

static pid_t start_target(void)
{
	pid_t target = forked(change_again_and_again, NULL);

	assert_true(stopped_again(target));
	return target;
}

static void assert_nobody_waits(__u64 flags)
{
	struct snapshot_room room;
	struct procmap_snapshot answer;
	struct caller caller;
	pid_t target;

	if (!snapshot_call_exists())
		skip_because("needs a kernel with PROCMAP_SNAPSHOT");
	target = start_target();
	begin_call(&caller, target, flags);
	assert_can_change(target, caller.maps);
	/* By the same descriptor. */
	assert_true(snapshot_room_open(&room, 1024, 64 * PAGE));
	assert_int_equal(snapshot_call(caller.maps, flags, &room, &answer), 0);
	assert_true(answer.seq_begin == answer.seq_end);
	end_call(&caller);
	/* The change is not among what the blocked one has, and it does not say so. */
	assert_int_equal(caller.result, 0);
	assert_true(caller.answer.seq_begin < answer.seq_begin);
	snapshot_room_close(&room);
	forked_kill(target);
}

static void nobody_waits_for_a_blocked_lockless_call(void **state)
{
	(void)state;
	assert_nobody_waits(0);
}

static void nobody_waits_for_a_blocked_locked_call(void **state)
{
	(void)state;
	assert_nobody_waits(PROCMAP_SNAPSHOT_LOCKED);
}

/* Its address space goes as soon as it dies, whoever is still reading it. */
static void a_target_can_end_meanwhile(void **state)
{
	struct caller caller;
	uint64_t sequence;
	pid_t target;

	(void)state;
	if (!snapshot_call_exists())
		skip_because("needs a kernel with PROCMAP_SNAPSHOT");
	target = start_target();
	begin_call(&caller, target, 0);
	forked_kill(target);
	assert_int_equal(sequence_of(caller.maps, &sequence), -ESRCH);
	end_call(&caller);
	assert_int_equal(caller.result, -ESRCH);
}

static void block_for_ever(void *shared)
{
	struct caller caller;

	begin_call(&caller, getppid(), 0);
	*(volatile int *)shared = 1;
	pthread_join(caller.thread, NULL);
}

static void a_blocked_caller_can_be_killed(void **state)
{
	volatile int *blocked =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	pid_t pid;

	(void)state;
	if (!snapshot_call_exists())
		skip_because("needs a kernel with PROCMAP_SNAPSHOT");
	pid = fork();
	if (pid == 0) {
		block_for_ever((void *)blocked);
		_exit(0);
	}
	while (!*blocked && waitpid(pid, &status, WNOHANG) == 0)
		usleep(1000);
	assert_true(*blocked);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	munmap((void *)blocked, PAGE);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits_for_a_blocked_lockless_call),
		cmocka_unit_test(nobody_waits_for_a_blocked_locked_call),
		cmocka_unit_test(a_target_can_end_meanwhile),
		cmocka_unit_test(a_blocked_caller_can_be_killed),
	};

	return run_suite(tests, NULL, NULL);
}
