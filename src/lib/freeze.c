/* SPDX-License-Identifier: BSD-2-Clause */
#include "freeze.h"

#include <errno.h>
#include <stdlib.h>

#include "proc_thread.h"

#define FIRST_DELAY   10000u /* ns; one that is on a processor stands after a few us */
#define LONGEST_DELAY 1000000u
#define FIRST_ROOM    64

void freeze_init(struct freeze *f, const struct kernel *kernel, uint64_t limit)
{
	*f = (struct freeze){ .kernel = kernel, .limit = limit, .threads.fd = -1 };
}

/* The list comes in the order in which we have them: the next is mostly the one. */
bool freeze_knows(struct freeze *f, pid_t tid)
{
	for (size_t i = 0; i < f->count; i++) {
		f->found = (f->found + 1) % f->count;
		if (f->tracees[f->found].tid == tid)
			return true;
	}
	return false;
}

static int make_room(struct freeze *f)
{
	size_t room = f->room ? 2 * f->room : FIRST_ROOM;
	struct tracee *tracees;

	if (f->count < f->room)
		return DONE;
	tracees = realloc(f->tracees, room * sizeof(*tracees));
	if (!tracees)
		return -ENOMEM;
	f->tracees = tracees;
	f->room = room;
	return DONE;
}

/*
 * A thread that has ended is refused too. Of those only a main thread remains in
 * the list. If that number is of one that lives, exec may have given it to the
 * thread that called it: another try tells.
 */
static int why_refused(struct freeze *f, struct tracee *tracee)
{
	if (proc_thread_ended(f->kernel, tracee->tid)) {
		tracee->state = TRACEE_ENDED;
		return tracee->main ? DONE : -ESRCH;
	}
	f->tracer = proc_thread_tracer(f->kernel, tracee->tid);
	return f->tracer > 0 ? -EBUSY : tracee_seize(f->kernel, tracee);
}

static int add(struct freeze *f, pid_t tid, bool is_main)
{
	struct tracee *tracee;
	int r = make_room(f);

	if (r)
		return r;
	tracee = &f->tracees[f->count];
	*tracee = (struct tracee){ .tid = tid, .main = is_main };
	f->obstacle = tid;
	r = tracee_seize(f->kernel, tracee);
	if (r == -EPERM)
		r = why_refused(f, tracee);
	if (r == DONE)
		f->count++;
	return r;
}

/*
 * Seizes those in the list that are new, and counts them. One that was there and
 * has ended counts too: the kernel ends a list early where the entry that it is
 * at goes away.
 */
static int seize_listed(struct freeze *f, pid_t pid, size_t *fresh)
{
	const char *name;
	int r;

	while ((r = proc_list_next(&f->threads, &name)) > 0) {
		pid_t tid = (pid_t)strtol(name, NULL, 10);

		if (freeze_knows(f, tid))
			continue;
		++*fresh;
		r = add(f, tid, tid == pid);
		if (r && r != -ESRCH)
			return r;
	}
	return r;
}

static int seize_new(struct freeze *f, pid_t pid, int dir, size_t *fresh)
{
	int r = proc_list_open(&f->threads, f->kernel, dir, "task");

	*fresh = 0;
	if (r)
		return r;
	r = seize_listed(f, pid, fresh);
	proc_list_close(&f->threads);
	return r;
}

static void interrupt_from(struct freeze *f, size_t first)
{
	if (!f->since)
		f->since = f->kernel->now();
	for (size_t i = first; i < f->count; i++)
		tracee_interrupt(f->kernel, &f->tracees[i]);
}

/* How many run, after a look at each; or what the kernel said. */
static int look_at_all(struct freeze *f)
{
	int running = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct tracee *tracee = &f->tracees[i];
		int r = tracee->state == TRACEE_ENDED ? DONE : tracee_look(f->kernel, tracee);

		if (r)
			return r;
		if (tracee->state != TRACEE_RUNS)
			continue;
		f->obstacle = tracee->tid;
		running++;
	}
	return running;
}

/* One in an uninterruptible sleep does not stand before that is over. */
static int await_all(struct freeze *f)
{
	uint64_t delay = FIRST_DELAY;

	for (;;) {
		int r = look_at_all(f);
		uint64_t next;

		if (r <= 0)
			return r;
		next = f->kernel->now() + delay;
		if (next > f->limit)
			return CHANGED;
		f->kernel->sleep_until(next);
		if (delay < LONGEST_DELAY)
			delay *= 2;
	}
}

/*
 * A thread makes others until it stands, so they are complete only where the
 * list shows no new one although all that were known did stand.
 */
int freeze_process(struct freeze *f, pid_t pid, int dir)
{
	size_t fresh;
	int r;

	do {
		size_t first = f->count;

		r = seize_new(f, pid, dir, &fresh);
		if (r)
			return r;
		if (fresh)
			interrupt_from(f, first);
		r = await_all(f);
	} while (r == DONE && fresh && f->kernel->now() <= f->limit);
	return r == DONE && fresh ? CHANGED : r;
}

static bool has_memory(const struct tracee *tracee)
{
	return tracee->state == TRACEE_STANDS || tracee->state == TRACEE_WAITS;
}

pid_t freeze_any(const struct freeze *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (has_memory(&f->tracees[i]))
			return f->tracees[i].tid;
	return 0;
}

bool freeze_held(const struct freeze *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->tracees[i].state == TRACEE_WAITS &&
		    !tracee_waited(f->kernel, &f->tracees[i]))
			return false;
	return true;
}

uint64_t freeze_end(struct freeze *f)
{
	for (size_t i = 0; i < f->count; i++)
		tracee_release(f->kernel, &f->tracees[i]);
	return f->since ? f->kernel->now() - f->since : 0;
}

void freeze_free(struct freeze *f)
{
	proc_list_close(&f->threads);
	free(f->tracees);
}
