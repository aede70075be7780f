/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify.h"

#include <errno.h>
#include <string.h>

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

static void choose_route(struct verify *v)
{
	v->route = route_choose(&v->request->want, v->request->route, !v->process->query_fails);
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

/* One pass over the mappings. */
static int pass(struct verify *v)
{
	uint64_t since = v->process->kernel->now();
	int r;

	builder_clear(v->reading.builder, v->route->escaped);
	v->reading.line = 0;
	r = watch_begin(&v->watch);
	if (r == DONE)
		r = v->route->read(&v->reading);
	if (r == DONE)
		r = watch_retry(&v->watch);
	if (r == DONE && outlived(v->watch.source, v->process->kernel->now() - since))
		r = CHANGED;
	return r;
}

/*
 * A pass, repeated where that was no fault of the target: with more room, which
 * doubles, or by the text, once.
 */
static int attempt(struct verify *v)
{
	for (;;) {
		int r = pass(v);

		if (r == FULL) {
			r = builder_grow(v->reading.builder);
			if (r)
				return r;
		} else if (r == UNFIT && v->request->route == MAPSNAP_ROUTE_AUTO) {
			/* It was the query, tried for its speed only. */
			v->process->query_fails = true;
			choose_route(v);
		} else {
			return r;
		}
	}
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

/* Whatever can be read, in one more pass that watches nothing. */
static int read_unverified(struct verify *v)
{
	v->watch.source = NULL;
	v->reading.accept_torn = true;
	return attempt(v);
}

static int did_not_settle(struct verify *v, uint32_t reason)
{
	return process_fail(v->process, -EAGAIN,
			    "its mappings changed during every attempt (%u, %s); allow more "
			    "attempts, a later deadline, or the fallback unverified",
			    v->attempts,
			    reason == MAPSNAP_REASON_DEADLINE ? "until the deadline" : "all");
}

static int no_source(struct mapsnap_process *process)
{
	return process_fail(process, -EOPNOTSUPP,
			    "without a sequence source nothing can be verified; give one, or allow "
			    "the fallback unverified");
}

/* Keeps a sentence for what a route, a source or an allocation said. */
static int explain(struct verify *v, int r)
{
	if (r == -ESRCH)
		return process_gone(v->process);
	if (r == -ESTALE)
		return process_replaced(v->process);
	if (r == MALFORMED)
		return process_fail(v->process, -EBADMSG,
				    "mapping %zu is not as the kernel writes them",
				    v->reading.line);
	if (r == UNFIT)
		return process_fail(v->process, -EOPNOTSUPP,
				    "PROCMAP_QUERY can't read it: the kernel is older than 6.11, "
				    "or a name is longer than PATH_MAX; use the text");
	return process_fail(v->process, r, "reading failed: %s", strerrordesc_np(-r));
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

/* Reads until it is proved; where that can't be had, the caller's fallback. */
static int read_mappings(struct verify *v, struct mapsnap_info *info)
{
	int r = settle(v, &info->reason);

	if (r == DONE && v->watch.source) {
		info->consistency = MAPSNAP_VERIFIED;
		info->reason = MAPSNAP_REASON_UNCHANGED;
		info->sequence = v->watch.begin;
		return 0;
	}
	if (r == CHANGED && v->request->fallback == MAPSNAP_FALLBACK_ERROR)
		return did_not_settle(v, info->reason);
	if (r == CHANGED)
		r = read_unverified(v);
	if (r)
		return explain(v, r);
	info->consistency = MAPSNAP_UNVERIFIED;
	if (v->reading.builder->torn)
		info->reason = MAPSNAP_REASON_TORN;
	else if (!v->request->sequence)
		info->reason = MAPSNAP_REASON_NO_SOURCE;
	return 0;
}

/* A verified read was so at its end. The gate comes last, and a dead one shows none. */
static bool known_alive(const struct verify *v, const struct mapsnap_info *info)
{
	return info->consistency == MAPSNAP_VERIFIED || v->reading.builder->last_end == GATE_END;
}

int verify_read(struct mapsnap_process *process, const struct request *request,
		struct builder *builder, struct mapsnap_info *info)
{
	struct verify v;
	int r;

	if (process->kernel_thread)
		return read_kernel_thread(process, info);
	if (!request->sequence && request->fallback == MAPSNAP_FALLBACK_ERROR)
		return no_source(process);
	begin(&v, process, request, builder);
	if (__builtin_add_overflow(info->begin_ns, request->deadline_ns, &v.deadline))
		v.deadline = UINT64_MAX;
	r = read_mappings(&v, info);
	if (r)
		return r;
	info->source = request->sequence ? request->sequence->source : MAPSNAP_SOURCE_NONE;
	info->route = v.route->id;
	info->attempts = v.attempts;
	if (info->consistency == MAPSNAP_VERIFIED && sequence_tells_exec(request->sequence))
		return 0;
	return process_check(process, known_alive(&v, info));
}
