/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_keeper.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "target_end.h"
#include "target_mode.h"
#include "target_successor.h"
#include "timing.h"

#define A_MOMENT 50000u /* ns */

static struct {
	struct invariant *invariant;
	int invariant_fd;
	pid_t pids[TARGET_SEATS];
} keeper;

static void fill(uint32_t seat)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		die("cannot fork");
	if (pid == 0) {
		target_end_with(parent);
		/* Who shares an address space is not waited for. */
		signal(SIGCHLD, SIG_IGN);
		target_successor(keeper.invariant, keeper.invariant_fd, seat);
	}
	keeper.pids[seat] = pid;
}

/* What should have called exec has failed, and said so. */
static void fill_if_of(pid_t pid, uint32_t seat)
{
	if (keeper.pids[seat] != pid)
		return;
	keeper.pids[seat] = 0;
	errno = 0;
	if (keeper.invariant->execs ||
	    invariant_now(invariant_seat(keeper.invariant, seat)).number % 2 == 0)
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

void target_keeper_begin(struct invariant *invariant, int invariant_fd)
{
	keeper.invariant = invariant;
	keeper.invariant_fd = invariant_fd;
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
