/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_fork.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "target_change.h"
#include "target_end.h"
#include "target_mode.h"
#include "target_stay.h"
#include "timing.h"

/* By seat; the first is the parent's. */
static pid_t children[TARGET_SEATS];

void target_fork_init(struct invariant *invariant)
{
	target_stay_init(invariant, TARGET_FLAT_OUT);
	while (target_stay_learn(invariant))
		;
}

/* A seat is free only once its child is gone, and not as soon as that got up. */
static void free_seats(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (unsigned int i = 0; i < TARGET_SEATS; i++)
			if (children[i] == pid)
				children[i] = 0;
}

static unsigned int free_seat(const struct invariant *invariant)
{
	unsigned int i = 1;

	while (i < invariant->seats && children[i])
		i++;
	return i < invariant->seats ? i : 0;
}

static _Noreturn void live(struct target_arena *arena, const struct invariant *invariant,
			   struct invariant_seat *seat, uint64_t sequence)
{
	uint64_t ns = target_stay_ns(invariant), since = now_ns();

	target_stay_begin(seat, sequence);
	if (seat->number / 2 % 2)
		timing_sleep(ns);
	while (now_ns() - since < ns)
		target_change_once(arena, seat);
	invariant_get_up(seat);
	_exit(0);
}

void target_fork(struct target_arena *arena, struct invariant *invariant)
{
	static unsigned int forks;
	uint64_t sequence = invariant_now(invariant_seat(invariant, 0)).sequence;
	unsigned int seat;
	pid_t parent = getpid(), pid;

	free_seats();
	seat = forks++ % 2 ? free_seat(invariant) : 0;
	pid = fork();
	if (pid < 0 && errno != EAGAIN)
		die("cannot fork");
	if (pid == 0) {
		target_end_with(parent);
		if (seat)
			live(arena, invariant, invariant_seat(invariant, seat), sequence);
		_exit(0);
	}
	if (pid > 0 && seat)
		children[seat] = pid;
}
