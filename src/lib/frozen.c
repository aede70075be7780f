/* SPDX-License-Identifier: BSD-2-Clause */
#include "frozen.h"

#include <errno.h>

#include "proc_thread.h"

/* A deadline of next to nothing leaves no time even to a thread that only has to be woken. */
#define LEAST_TIME 20000000u /* ns */

/* What hangs where it can't look at the time gets this much more. */
#define GRACE 20000000u

/* Without a source everyone has to stand; with one it tells whether they do. */
static int stop(struct frozen *f, bool sharers)
{
	const struct mapsnap_process *process = f->attempt->process;
	int r = freeze_process(&f->freeze, process->pid, process->dir_fd);

	if (r == DONE && sharers)
		r = sharers_freeze(&f->sharers, process->dir_fd, &f->known);
	f->refused = r < 0 ? r : 0;
	f->stuck = r == CHANGED;
	return r;
}

/* Somebody runs of whom nothing is known. */
static int read_whatever(struct attempt *attempt)
{
	attempt->watch.source = NULL;
	attempt->reading.accept_torn = true;
	attempt_choose_route(attempt);
	return attempt_read(attempt);
}

static int read_once(struct frozen *f)
{
	int r = attempt_read(f->attempt);

	if (r == DONE && !f->attempt->watch.source && !freeze_held(&f->freeze))
		return CHANGED;
	return r;
}

static int read_frozen(struct frozen *f)
{
	bool sharers = !f->attempt->watch.source;
	uint32_t tries = f->attempt->request->attempts;
	int r;

	do {
		r = stop(f, sharers);
		if (r)
			return r;
		r = read_once(f);
		sharers = true;
	} while (r == CHANGED && --tries);
	return r == CHANGED && !f->known ? read_whatever(f->attempt) : r;
}

/* Everything that is done in the thread that holds them. */
static void work(void *argument)
{
	struct frozen *f = argument;

	f->result = read_frozen(f);
	f->pause_ns = freeze_end(&f->freeze);
}

/* From now on, since attempts may have used up all of the time. */
static uint64_t limit_of(uint64_t now, uint64_t time)
{
	if (time < LEAST_TIME)
		time = LEAST_TIME;
	return time < UINT64_MAX - GRACE - now ? now + time : UINT64_MAX - GRACE;
}

static int refuse(struct frozen *f, int error)
{
	f->refused = error;
	return error;
}

int frozen_read(struct frozen *f, struct attempt *attempt)
{
	const struct kernel *kernel = attempt->process->kernel;
	int r = proc_thread_numbers(kernel);

	*f = (struct frozen){ .attempt = attempt };
	if (r <= 0)
		return refuse(f, r ? r : -EOPNOTSUPP);
	freeze_init(&f->freeze, kernel, limit_of(kernel->now(), attempt->request->deadline_ns));
	sharers_init(&f->sharers, &f->freeze);
	r = kernel->work_apart(work, f, f->freeze.limit + GRACE);
	sharers_free(&f->sharers);
	freeze_free(&f->freeze);
	f->stuck |= r == -ETIMEDOUT;
	if (f->stuck)
		return CHANGED;
	return r ? refuse(f, r) : f->result;
}
