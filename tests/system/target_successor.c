/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_successor.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "target_arena.h"
#include "target_end.h"
#include "target_stay.h"
#include "timing.h"

/* There is more than one way to end; with plain exec or exit they take turns. */
enum manner {
	BY_THREAD,
	SHARED, /* exec: another process keeps the old address space for a while */
	KILLED = SHARED,
	MANNERS = 5
};

/* For so long: a reader comes back to one that has been replaced two times. */
#define SHARED_FOR 4 /* of the seat's numbers */

static struct {
	struct invariant *invariant;
	int invariant_fd;
	uint32_t index;
	pid_t pid;
	struct invariant_seat *seat;
	uint64_t number;
	enum manner manner;
	uint64_t ns; /* to stand */
} self;

static const void *at(uint64_t distance)
{
	return (const char *)self.invariant + distance;
}

static void map_one(const struct expected *expected)
{
	const struct invariant_file *files = at(self.invariant->files_at);
	struct expected e = invariant_shifted(
		expected, invariant_space(self.invariant, self.index, self.number).shift);

	target_map(&e, files[e.file].fd);
}

/* The static mappings, and the first shape of each slot. */
static void map_arena(void)
{
	const struct expected *statics = at(self.invariant->statics_at);
	const struct expected *moving = at(self.invariant->moving_at);
	const struct shape *shapes = at(self.invariant->shapes_at);

	for (uint32_t i = 0; i < self.invariant->statics; i++)
		map_one(&statics[i]);
	for (uint32_t slot = 0; slot < self.invariant->slots; slot++) {
		const struct shape *first = &shapes[(size_t)slot * self.invariant->shapes];

		for (uint32_t i = 0; i < first->count; i++)
			map_one(&moving[first->first + i]);
	}
}

static bool ends_by_exec(void)
{
	return self.number != invariant_last(self.invariant, self.number);
}

static _Noreturn void exec_again(void)
{
	char seat[16], fd[16];
	const char *const argv[] = { "mapsnap-target", "--seat", seat, "--invariant", fd, NULL };

	snprintf(seat, sizeof(seat), "%u", self.index);
	snprintf(fd, sizeof(fd), "%d", self.invariant_fd);
	execv("/proc/self/exe", (char *const *)argv);
	die("exec");
}

static _Noreturn void stand_and_end(void)
{
	target_stay_begin(self.seat, 0);
	if (self.ns == UINT64_MAX)
		for (;;)
			pause();
	timing_sleep(self.ns);
	invariant_get_up(self.seat);
	if (ends_by_exec())
		exec_again();
	if (self.manner == KILLED)
		kill(getpid(), SIGKILL);
	_exit(0);
}

static void *run_thread(void *unused)
{
	(void)unused;
	stand_and_end();
}

/* Of exec the main thread lives to see it; otherwise it is the first to end. */
static _Noreturn void leave_to_thread(void)
{
	if (ends_by_exec() || self.ns == UINT64_MAX)
		for (;;)
			pause();
	timing_sleep(self.ns / 2);
	syscall(SYS_exit, 0);
	__builtin_unreachable();
}

static int keep_address_space(void *unused)
{
	(void)unused;
	target_end_with(self.pid);
	while (atomic_load(&self.seat->number) <= self.number + SHARED_FOR)
		timing_sleep(1000000);
	return 0;
}

static void share_address_space(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (clone(keep_address_space, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL) < 0)
		die("clone");
}

void target_successor(struct invariant *invariant, int invariant_fd, uint32_t seat)
{
	pthread_t thread;

	self.invariant = invariant;
	self.invariant_fd = invariant_fd;
	self.index = seat;
	self.pid = getpid();
	self.seat = invariant_seat(invariant, seat);
	self.number = invariant_now(self.seat).number + 1;
	self.manner = self.number / 2 % MANNERS;
	map_arena();
	target_stay_learn(invariant);
	self.ns = target_stay_ns(invariant);
	if (self.manner == SHARED && ends_by_exec() && self.ns != UINT64_MAX)
		share_address_space();
	if (self.manner != BY_THREAD)
		stand_and_end();
	errno = pthread_create(&thread, NULL, run_thread, NULL);
	if (errno)
		die("cannot run a thread");
	leave_to_thread();
}

void target_successor_again(int invariant_fd, uint32_t seat)
{
	struct stat stat;
	void *invariant;

	if (fstat(invariant_fd, &stat))
		die("--seat is for what calls exec itself");
	invariant = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 invariant_fd, 0);
	if (invariant == MAP_FAILED)
		die("cannot map the shared file");
	target_successor(invariant, invariant_fd, seat);
}
