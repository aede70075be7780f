/* SPDX-License-Identifier: BSD-2-Clause */
#include "attempt.h"

/* Whether what is watched is the kernel's own sequence. */
static bool watches_kernel(const struct attempt *a)
{
	return a->watch.source == &a->process->sequence.sequence;
}

/*
 * The snapshot call brings the kernel's own proof, so it is taken by itself only
 * where that is the one that counts: a caller with another source, or who
 * refused any, is not to depend on it.
 */
void attempt_choose_route(struct attempt *a)
{
	uint32_t unfit = a->process->unfit;

	if (!watches_kernel(a))
		unfit |= ROUTE_BIT(MAPSNAP_ROUTE_SNAPSHOT);
	a->route = route_choose(&a->request->want, a->request->route, unfit);
}

void attempt_init(struct attempt *a, struct mapsnap_process *process, const struct request *request,
		  struct builder *builder)
{
	*a = (struct attempt){
		.process = process,
		.request = request,
		.watch = { .source = request->sequence, .maps_fd = process->maps_fd },
	};
	a->reading = (struct reading){
		.kernel = process->kernel,
		.maps_fd = process->maps_fd,
		.want = &request->want,
		.builder = builder,
		.watch = &a->watch,
		.cookie = process->cookie,
	};
	attempt_choose_route(a);
}

static int watched_read(struct attempt *a)
{
	uint64_t since = a->process->kernel->now();
	int r = watch_begin(&a->watch);

	if (r == DONE)
		r = a->route->read(&a->reading);
	if (r == DONE)
		r = watch_retry(&a->watch);
	if (r == DONE && !sequence_vouches(a->watch.source, a->process->kernel->now() - since))
		r = CHANGED;
	return r;
}

static bool proves_itself(const struct attempt *a)
{
	return a->route->proves_itself && watches_kernel(a);
}

/* One's own process would change by what it takes to bring its list up to date. */
static bool wants_log(const struct attempt *a)
{
	return proves_itself(a) && a->process->log == LOG_ASKED && !a->process->own;
}

/* What changes is of interest once an attempt saw a change. */
static void note_log(struct attempt *a, bool asked, int r)
{
	if (asked && !a->reading.log)
		a->process->log = LOG_ABSENT;
	else if (proves_itself(a) && r == CHANGED)
		process_want_log(a->process);
	a->process->cookie = a->reading.cookie;
}

/* One pass over the mappings. */
static int pass(struct attempt *a)
{
	bool log = wants_log(a);
	int r;

	builder_clear(a->reading.builder, a->route->escaped);
	a->reading.lines += a->reading.line;
	a->reading.line = 0;
	a->reading.held = false;
	a->reading.log = log;
	r = proves_itself(a) ? a->route->read(&a->reading) : watched_read(a);
	note_log(a, log, r);
	return r;
}

/* That there was too little room is no fault of the target. */
int attempt_by_route(struct attempt *a)
{
	int r = pass(a);

	while (r == FULL) {
		r = builder_grow(a->reading.builder);
		if (r == 0)
			r = pass(a);
	}
	return r;
}

/* Nor is it that a route which was tried for its speed can't read it. */
int attempt_read(struct attempt *a)
{
	int r = attempt_by_route(a);

	while (r == UNFIT && a->request->route == MAPSNAP_ROUTE_AUTO) {
		a->process->unfit |= ROUTE_BIT(a->route->id);
		attempt_choose_route(a);
		r = attempt_by_route(a);
	}
	return r;
}

uint64_t attempt_sequence(const struct attempt *a)
{
	return proves_itself(a) ? a->reading.sequence : a->watch.begin;
}
