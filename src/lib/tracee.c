/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a thread stands at is asked with PTRACE_GETSIGINFO, and never waited for.
 * A stop that was waited for is taken from the kernel's hands: should we be
 * killed then, it would let the thread go on without the signal. And another
 * thread of our process, one that waits for any child, may be told of the stop
 * in our place, since the kernel takes tracees for children.
 */
#include "tracee.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>

#include "proc_thread.h"

int tracee_seize(const struct kernel *kernel, const struct tracee *tracee)
{
	return kernel->ptrace(PTRACE_SEIZE, tracee->tid, NULL);
}

/* One that fails has ended, which is found out when it is looked at. */
void tracee_interrupt(const struct kernel *kernel, const struct tracee *tracee)
{
	kernel->ptrace(PTRACE_INTERRUPT, tracee->tid, NULL);
}

/* At our interrupt, or in a process that is stopped as by SIGSTOP: there is no signal to hand on.
 */
static bool without_signal(const siginfo_t *info)
{
	return info->si_code >> 8 == PTRACE_EVENT_STOP;
}

/*
 * Others than the main thread have to be reaped, lest exec in their process
 * wait for us. The main one's end belongs to its parent, which may be our own
 * process; and as long as others are left, it could not be reaped.
 */
static bool has_ended(const struct kernel *kernel, const struct tracee *tracee)
{
	if (tracee->main)
		return proc_thread_ended(kernel, tracee->tid);
	return kernel->reap(tracee->tid) != 0;
}

static enum tracee_state state_without_stop(const struct kernel *kernel, struct tracee *tracee)
{
	if (has_ended(kernel, tracee))
		return TRACEE_ENDED;
	if (proc_thread_waits(kernel, tracee->tid, &tracee->sleeps))
		return TRACEE_WAITS;
	return TRACEE_RUNS;
}

int tracee_look(const struct kernel *kernel, struct tracee *tracee)
{
	siginfo_t info;
	int r = kernel->ptrace(PTRACE_GETSIGINFO, tracee->tid, &info);

	if (r == -ESRCH) {
		tracee->state = state_without_stop(kernel, tracee);
		return 0;
	}
	if (r)
		return r;
	tracee->state = TRACEE_STANDS;
	tracee->signal = without_signal(&info) ? 0 : info.si_signo;
	return 0;
}

bool tracee_waited(const struct kernel *kernel, const struct tracee *tracee)
{
	uint64_t sleeps;

	return proc_thread_waits(kernel, tracee->tid, &sleeps) && sleeps == tracee->sleeps;
}

/*
 * What does not stand can't be let go so; the end of the thread that seized it
 * does that. A process that is stopped as by SIGSTOP remains so, and one that was
 * continued meanwhile goes on: the kernel knows.
 */
void tracee_release(const struct kernel *kernel, const struct tracee *tracee)
{
	if (tracee->state == TRACEE_STANDS)
		kernel->ptrace(PTRACE_DETACH, tracee->tid, (void *)(intptr_t)tracee->signal);
}
