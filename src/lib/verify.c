/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify.h"

#include "attempt.h"
#include "complaint.h"
#include "frozen.h"
#include "label.h"
#include "procfs.h"

/* Short beside a read of some thousand mappings, about 1 ms. */
#define FIRST_DELAY 50000u /* ns */

/* About what the read of 10,000 mappings takes; longer waits find no better moment. */
#define LONGEST_DELAY 5000000u /* ns */

struct verify {
	const struct request *request;
	struct attempt attempt;
	uint64_t deadline;
	uint64_t delay;
	uint32_t attempts;
	bool explained; /* there is a sentence about what it failed with */
};

/* Waits before the next attempt; false where the deadline comes first. */
static bool pace(struct verify *v)
{
	const struct kernel *kernel = v->attempt.process->kernel;
	uint64_t next = kernel->now() + v->delay;

	if (next >= v->deadline)
		return false;
	kernel->sleep_until(next);
	if (v->delay < LONGEST_DELAY)
		v->delay *= 2;
	return true;
}

/* All attempts. CHANGED: it did not settle, and *reason says what ended that. */
static int settle(struct verify *v, uint32_t *reason)
{
	int r;

	for (;;) {
		r = attempt_read(&v->attempt);
		v->attempts++;
		if (r != CHANGED)
			return r;
		*reason = MAPSNAP_REASON_CHANGED;
		if (v->attempts >= v->request->attempts)
			return r;
		*reason = MAPSNAP_REASON_DEADLINE;
		if (!pace(v))
			return r;
	}
}

/*
 * Whatever can be read, in one more pass that watches nothing. By the snapshot
 * call that may be nothing at all, where not even a part of it holds still.
 */
static int read_unverified(struct verify *v)
{
	int r;

	v->attempt.watch.source = NULL;
	v->attempt.reading.accept_torn = true;
	r = attempt_read(&v->attempt);
	if (r == CHANGED && v->request->route == MAPSNAP_ROUTE_AUTO) {
		attempt_choose_route(&v->attempt);
		r = attempt_read(&v->attempt);
	}
	return r;
}

/*
 * By the snapshot call, whatever the route was. CHANGED where more mappings came
 * while it waited for the lock than it had made room for.
 */
static int read_locked(struct verify *v)
{
	uint32_t tries = v->request->attempts;
	int r;

	v->attempt.route = &route_snapshot;
	v->attempt.watch.source = NULL;
	v->attempt.reading.locked = true;
	do
		r = attempt_by_route(&v->attempt);
	while (r == CHANGED && --tries);
	return r;
}

/* While nobody runs who could change anything, by whatever route is exact. */
static int read_frozen(struct verify *v, struct mapsnap_info *info)
{
	const struct reading *reading = &v->attempt.reading;
	struct frozen frozen;
	int r = frozen_read(&frozen, &v->attempt);

	info->pause_ns = frozen.pause_ns;
	if (r == CHANGED || frozen.refused) {
		v->explained = true;
		return complain_not_frozen(v->attempt.process, &frozen);
	}
	if (v->attempt.watch.source)
		label_settled(info, attempt_sequence(&v->attempt), reading->held);
	else
		label_frozen(info, frozen.known, reading->builder->torn);
	return r;
}

static int read_kernel_thread(struct mapsnap_process *process, struct mapsnap_info *info)
{
	struct proc_stat stat;
	int r = procfs_stat(process->kernel, process->dir_fd, &stat);

	if (r)
		return process_fail(process, r, "the kernel thread has ended");
	label_no_mappings(info);
	info->route = MAPSNAP_ROUTE_TEXT;
	return 0;
}

/* Where nothing can be proved, attempts at it would be in vain. */
static bool only_force_helps(const struct request *request)
{
	return !request->sequence && (request->fallback == MAPSNAP_FALLBACK_LOCKED ||
				      request->fallback == MAPSNAP_FALLBACK_FROZEN);
}

/* Reads until it is proved; where that can't be had, the caller's fallback. */
static int read_mappings(struct verify *v, struct mapsnap_info *info)
{
	const struct reading *reading = &v->attempt.reading;
	int r = only_force_helps(v->request) ? CHANGED : settle(v, &info->reason);

	if (r == DONE && v->attempt.watch.source) {
		label_settled(info, attempt_sequence(&v->attempt), reading->held);
		return r;
	}
	if (r == CHANGED && v->request->fallback == MAPSNAP_FALLBACK_LOCKED) {
		r = read_locked(v);
		label_locked(info);
		return r;
	}
	if (r == CHANGED && v->request->fallback == MAPSNAP_FALLBACK_FROZEN)
		return read_frozen(v, info);
	if (r == CHANGED && v->request->fallback == MAPSNAP_FALLBACK_UNVERIFIED)
		r = read_unverified(v);
	label_unverified(info, reading->builder->torn, v->request->sequence);
	return r;
}

/* A verified read was so at its end. The gate comes last, and a dead one shows none. */
static bool known_alive(const struct verify *v, const struct mapsnap_info *info)
{
	return info->consistency == MAPSNAP_VERIFIED ||
	       v->attempt.reading.builder->last_end == GATE_END;
}

/* What is missing for what was asked, whatever the process does. */
static int check_means(struct mapsnap_process *process, const struct request *request)
{
	if (request->fallback == MAPSNAP_FALLBACK_ERROR && !request->sequence)
		return complain_no_source(process);
	if (request->fallback == MAPSNAP_FALLBACK_LOCKED && !process_can_lock(process))
		return complain_no_lock(process);
	if (request->fallback == MAPSNAP_FALLBACK_FROZEN && (process->own || process->dir_fd < 0))
		return complain_no_freeze(process);
	return 0;
}

/* What it took, on top of what it had taken before. */
static void note_effort(const struct verify *v, struct mapsnap_info *info)
{
	const struct reading *reading = &v->attempt.reading;

	info->attempts = v->attempts;
	info->deltas += reading->deltas;
	info->overflows += reading->overflows;
	info->mappings_read += reading->lines + reading->line;
}

/* Whether the read said itself that the address space is in use, and the process's own. */
static bool told_exec(const struct verify *v, const struct mapsnap_info *info)
{
	return v->attempt.route->proves_itself ||
	       (info->consistency == MAPSNAP_VERIFIED && sequence_tells_exec(v->request->sequence));
}

int verify_read(struct mapsnap_process *process, const struct request *request,
		struct builder *builder, struct mapsnap_info *info)
{
	struct verify v = { .request = request, .delay = FIRST_DELAY };
	int r;

	if (process->kernel_thread)
		return read_kernel_thread(process, info);
	r = check_means(process, request);
	if (r)
		return r;
	attempt_init(&v.attempt, process, request, builder);
	if (__builtin_add_overflow(info->begin_ns, request->deadline_ns, &v.deadline))
		v.deadline = UINT64_MAX;
	r = read_mappings(&v, info);
	if (v.explained)
		return r;
	if (r == CHANGED)
		return complain_unsettled(process, request, v.attempts, info->reason);
	if (r)
		return complain(process, v.attempt.route, v.attempt.reading.line, r);
	info->source = request->sequence ? request->sequence->source : MAPSNAP_SOURCE_NONE;
	info->route = v.attempt.route->id;
	note_effort(&v, info);
	return told_exec(&v, info) ? 0 : process_check(process, known_alive(&v, info));
}
