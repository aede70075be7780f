/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify.h"

#include <errno.h>

#include "complaint.h"
#include "procfs.h"
#include "route.h"
#include "sequence.h"

/* Short beside a read of some thousand mappings, about 1 ms. */
#define FIRST_DELAY 50000u /* ns */

/* About what the read of 10,000 mappings takes; longer waits find no better moment. */
#define LONGEST_DELAY 5000000u /* ns */

struct verify {
	struct mapsnap_process *process;
	const struct request *request;
	const struct route *route;
	struct reading reading;
	struct watch watch;
	uint64_t deadline;
	uint64_t delay;
	uint32_t attempts;
};

/* Whether what is watched is the kernel's own sequence. */
static bool watches_kernel(const struct verify *v)
{
	return v->watch.source == &v->process->sequence.sequence;
}

/*
 * The snapshot call brings the kernel's own proof, so it is taken by itself only
 * where that is the one that counts: a caller with another source, or who
 * refused any, is not to depend on it.
 */
static void choose_route(struct verify *v)
{
	uint32_t unfit = v->process->unfit;

	if (!watches_kernel(v))
		unfit |= ROUTE_BIT(MAPSNAP_ROUTE_SNAPSHOT);
	v->route = route_choose(&v->request->want, v->request->route, unfit);
}

static void begin(struct verify *v, struct mapsnap_process *process, const struct request *request,
		  struct builder *builder)
{
	*v = (struct verify){
		.process = process,
		.request = request,
		.watch = { .source = request->sequence, .maps_fd = process->maps_fd },
		.delay = FIRST_DELAY,
	};
	v->reading = (struct reading){
		.kernel = process->kernel,
		.maps_fd = process->maps_fd,
		.want = &request->want,
		.builder = builder,
		.watch = &v->watch,
	};
	choose_route(v);
}

/* A counter that may have wrapped round to the same number proves nothing. */
static bool outlived(const struct mapsnap_sequence *source, uint64_t age)
{
	return source && source->valid_ns && age > source->valid_ns;
}

static int watched_read(struct verify *v)
{
	uint64_t since = v->process->kernel->now();
	int r = watch_begin(&v->watch);

	if (r == DONE)
		r = v->route->read(&v->reading);
	if (r == DONE)
		r = watch_retry(&v->watch);
	if (r == DONE && outlived(v->watch.source, v->process->kernel->now() - since))
		r = CHANGED;
	return r;
}

static bool proves_itself(const struct verify *v)
{
	return v->route->proves_itself && watches_kernel(v);
}

/* One pass over the mappings. */
static int pass(struct verify *v)
{
	builder_clear(v->reading.builder, v->route->escaped);
	v->reading.line = 0;
	return proves_itself(v) ? v->route->read(&v->reading) : watched_read(v);
}

/* That there was too little room is no fault of the target. */
static int roomy_pass(struct verify *v)
{
	int r = pass(v);

	while (r == FULL) {
		r = builder_grow(v->reading.builder);
		if (r == 0)
			r = pass(v);
	}
	return r;
}

/* Nor is it that a route which was tried for its speed can't read it. */
static int attempt(struct verify *v)
{
	int r = roomy_pass(v);

	while (r == UNFIT && v->request->route == MAPSNAP_ROUTE_AUTO) {
		v->process->unfit |= ROUTE_BIT(v->route->id);
		choose_route(v);
		r = roomy_pass(v);
	}
	return r;
}

/* Waits before the next attempt; false where the deadline comes first. */
static bool pace(struct verify *v)
{
	const struct kernel *kernel = v->process->kernel;
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
		r = attempt(v);
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

static void label_verified(const struct verify *v, struct mapsnap_info *info)
{
	info->consistency = MAPSNAP_VERIFIED;
	info->reason = MAPSNAP_REASON_UNCHANGED;
	info->sequence = proves_itself(v) ? v->reading.sequence : v->watch.begin;
}

/* The reason that changes gave stands, unless there is a better one. */
static void label_unverified(const struct verify *v, struct mapsnap_info *info)
{
	info->consistency = MAPSNAP_UNVERIFIED;
	if (v->reading.builder->torn)
		info->reason = MAPSNAP_REASON_TORN;
	else if (!v->request->sequence)
		info->reason = MAPSNAP_REASON_NO_SOURCE;
}

static void label_locked(struct mapsnap_info *info)
{
	info->consistency = MAPSNAP_LOCKED;
	info->reason = MAPSNAP_REASON_LOCKED;
}

/*
 * Whatever can be read, in one more pass that watches nothing. By the snapshot
 * call that may be nothing at all, where not even a part of it holds still.
 */
static int read_unverified(struct verify *v)
{
	int r;

	v->watch.source = NULL;
	v->reading.accept_torn = true;
	r = attempt(v);
	if (r == CHANGED && v->request->route == MAPSNAP_ROUTE_AUTO) {
		choose_route(v);
		r = attempt(v);
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

	v->route = &route_snapshot;
	v->watch.source = NULL;
	v->reading.locked = true;
	do
		r = roomy_pass(v);
	while (r == CHANGED && --tries);
	return r;
}

/* A kernel thread has no address space: the empty list is true at any time. */
static int read_kernel_thread(struct mapsnap_process *process, struct mapsnap_info *info)
{
	struct proc_stat stat;
	int r = procfs_stat(process->kernel, process->dir_fd, &stat);

	if (r)
		return process_fail(process, r, "the kernel thread has ended");
	info->consistency = MAPSNAP_VERIFIED;
	info->reason = MAPSNAP_REASON_NO_MAPPINGS;
	info->route = MAPSNAP_ROUTE_TEXT;
	return 0;
}

/* Where nothing can be proved, attempts at it would be in vain. */
static bool only_lock_helps(const struct request *request)
{
	return !request->sequence && request->fallback == MAPSNAP_FALLBACK_LOCKED;
}

/* Reads until it is proved; where that can't be had, the caller's fallback. */
static int read_mappings(struct verify *v, struct mapsnap_info *info)
{
	int r = only_lock_helps(v->request) ? CHANGED : settle(v, &info->reason);

	if (r == DONE && v->watch.source) {
		label_verified(v, info);
		return r;
	}
	if (r == CHANGED && v->request->fallback == MAPSNAP_FALLBACK_LOCKED) {
		label_locked(info);
		return read_locked(v);
	}
	if (r == CHANGED && v->request->fallback == MAPSNAP_FALLBACK_UNVERIFIED)
		r = read_unverified(v);
	label_unverified(v, info);
	return r;
}

/* A verified read was so at its end. The gate comes last, and a dead one shows none. */
static bool known_alive(const struct verify *v, const struct mapsnap_info *info)
{
	return info->consistency == MAPSNAP_VERIFIED || v->reading.builder->last_end == GATE_END;
}

/* What is missing for what was asked, whatever the process does. */
static int check_means(struct mapsnap_process *process, const struct request *request)
{
	if (request->fallback == MAPSNAP_FALLBACK_ERROR && !request->sequence)
		return complain_no_source(process);
	if (request->fallback == MAPSNAP_FALLBACK_LOCKED && !process_can_lock(process))
		return complain_no_lock(process);
	return 0;
}

/* Whether the read said itself that the address space is in use, and the process's own. */
static bool told_exec(const struct verify *v, const struct mapsnap_info *info)
{
	return v->route->proves_itself ||
	       (info->consistency == MAPSNAP_VERIFIED && sequence_tells_exec(v->request->sequence));
}

int verify_read(struct mapsnap_process *process, const struct request *request,
		struct builder *builder, struct mapsnap_info *info)
{
	struct verify v;
	int r;

	if (process->kernel_thread)
		return read_kernel_thread(process, info);
	r = check_means(process, request);
	if (r)
		return r;
	begin(&v, process, request, builder);
	if (__builtin_add_overflow(info->begin_ns, request->deadline_ns, &v.deadline))
		v.deadline = UINT64_MAX;
	r = read_mappings(&v, info);
	if (r == CHANGED)
		return complain_unsettled(process, request, v.attempts, info->reason);
	if (r)
		return complain(process, v.route, v.reading.line, r);
	info->source = request->sequence ? request->sequence->source : MAPSNAP_SOURCE_NONE;
	info->route = v.route->id;
	info->attempts = v.attempts;
	return told_exec(&v, info) ? 0 : process_check(process, known_alive(&v, info));
}
