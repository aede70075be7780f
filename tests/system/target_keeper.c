/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_keeper.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "target_end.h"
#include "target_mode.h"
#include "target_successor.h"
#include "timing.h"

#define A_MOMENT 50000u /* ns */

/* By which two processes of the same pid are told apart is counted in 100ths of a second. */
#define A_TICK   10000000u /* ns */
#define PATIENCE 10000     /* ms */

static struct {
	struct invariant *invariant;
	int invariant_fd;
	pid_t pids[TARGET_SEATS];
	uint64_t filled[TARGET_SEATS]; /* when */
} keeper;

/* Another may have had the pid meanwhile: pids go round. */
static pid_t fork_as(pid_t pid)
{
	struct clone_args arguments = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	pid_t child = -1;

	for (int tries = 0; tries < PATIENCE && child < 0; tries++) {
		child = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
		if (child < 0 && errno != EEXIST)
			break;
		if (child < 0)
			timing_sleep(1000000);
	}
	return child;
}

/* Sometimes at once, and sometimes after a while in which there is none. */
static pid_t fork_again(uint32_t seat)
{
	uint64_t due = keeper.filled[seat] + 2 * A_TICK, now = now_ns();

	timing_sleep(due > now ? due - now : timing_random(A_TICK));
	return fork_as(keeper.pids[seat]);
}

static void fill(uint32_t seat)
{
	bool again = keeper.invariant->reuses && keeper.pids[seat];
	pid_t parent = getpid(), pid = again ? fork_again(seat) : fork();

	if (pid < 0)
		die("cannot fork");
	if (pid == 0) {
		target_end_with(parent);
		/* Who shares an address space is not waited for. */
		signal(SIGCHLD, SIG_IGN);
		target_successor(keeper.invariant, keeper.invariant_fd, seat);
	}
	keeper.pids[seat] = pid;
	keeper.filled[seat] = now_ns();
}

/* What should have called exec has failed, and said so. */
static void fill_if_of(pid_t pid, uint32_t seat)
{
	uint64_t ended = invariant_now(invariant_seat(keeper.invariant, seat)).number - 1;

	if (keeper.pids[seat] != pid)
		return;
	errno = 0;
	if (ended < 2 || ended % 2 || ended != invariant_last(keeper.invariant, ended))
		die("a process ended too early");
	fill(seat);
}

static void refill(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (uint32_t seat = 0; seat < keeper.invariant->seats; seat++)
			fill_if_of(pid, seat);
}

/* Where it can't be done that is said before anything else. */
static void try_reuse(void)
{
	pid_t pid = fork();

	for (int i = 0; i < 2; i++) {
		if (pid == 0)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			die("cannot fork with a pid (CAP_CHECKPOINT_RESTORE is needed)");
		if (i == 0)
			pid = fork_as(pid);
	}
}

void target_keeper_begin(struct invariant *invariant, int invariant_fd)
{
	keeper.invariant = invariant;
	keeper.invariant_fd = invariant_fd;
	/* Whoever shares an address space with a process may see its end. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (invariant->reuses)
		try_reuse();
	for (uint32_t seat = 0; seat < invariant->seats; seat++)
		fill(seat);
	for (uint32_t seat = 0; seat < invariant->seats; seat++)
		while (invariant_now(invariant_seat(invariant, seat)).number < 2) {
			refill();
			timing_sleep(A_MOMENT);
		}
}

void target_keeper_run(void)
{
	while (!target_end_within(A_MOMENT))
		refill();
	for (uint32_t seat = 0; seat < keeper.invariant->seats; seat++)
		kill(keeper.pids[seat], SIGKILL);
	while (wait(NULL) > 0)
		;
}
