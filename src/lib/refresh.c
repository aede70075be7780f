/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a snapshot to the one after it: itself where nothing changed, or by what
 * changed since, where the kernel logs that, or read anew.
 */
#include <errno.h>

#include "catchup.h"
#include "complaint.h"
#include "label.h"
#include "proof.h"
#include "read.h"

/* One call to bring up to date. */
struct refresh {
	struct mapsnap_process *process;
	struct request request;
	struct mapsnap *old;
	struct mapsnap_info info; /* of what comes after */
};

static bool same_want(const struct mapsnap_info *info, const struct want *want)
{
	return info->filter == want->filter && info->omit == want->omit &&
	       info->range_start == want->start && info->range_end == want->end + 1;
}

static bool comparable(const struct refresh *refresh)
{
	return proof_renewable(refresh->old, refresh->process, refresh->request.sequence) &&
	       same_want(&refresh->old->info, &refresh->request.want);
}

/* By the kernel's own sequence, and by the one route that can. */
static bool can_continue(const struct refresh *refresh)
{
	const struct request *request = &refresh->request;
	const struct mapsnap_process *process = refresh->process;

	return refresh->old->cookie && request->sequence == &process->sequence.sequence &&
	       (request->route == MAPSNAP_ROUTE_AUTO || request->route == MAPSNAP_ROUTE_SNAPSHOT) &&
	       !(process->unfit & ROUTE_BIT(MAPSNAP_ROUTE_SNAPSHOT));
}

/* Errors that would meet every way of reading. */
static bool is_final(int r)
{
	return r == -ESRCH || r == -ESTALE || r == -ENOMEM;
}

/* What changed since, to the builder, and to `touched` where. CHANGED: that can't be had. */
static int read_changes(struct refresh *refresh, struct builder *builder, struct ranges *touched)
{
	struct mapsnap_process *process = refresh->process;
	struct mapsnap_info *info = &refresh->info;
	struct reading reading = {
		.kernel = process->kernel,
		.maps_fd = process->maps_fd,
		.want = &refresh->request.want,
		.builder = builder,
		.cookie = refresh->old->cookie,
	};
	int r = catch_up(&reading, refresh->old->info.sequence, touched);

	info->deltas = reading.deltas;
	info->overflows = reading.overflows;
	info->mappings_read = reading.line;
	if (is_final(r))
		return complain(process, &route_snapshot, reading.line, r);
	if (r)
		return CHANGED;
	label_settled(info, reading.sequence, reading.held);
	info->source = MAPSNAP_SOURCE_IOCTL;
	info->route = MAPSNAP_ROUTE_SNAPSHOT;
	info->attempts = 1;
	return DONE;
}

static int make_list(const struct refresh *refresh, struct builder *builder,
		     const struct ranges *touched, struct list **list)
{
	if (touched->count)
		return list_patch(refresh->old->list, touched, builder, list);
	*list = list_ref(refresh->old->list);
	return DONE;
}

/* The snapshot that follows, which says what was touched since. */
static int make_next(struct refresh *refresh, struct builder *builder, struct ranges *touched,
		     struct mapsnap **fresh)
{
	struct list *list;
	int r = make_list(refresh, builder, touched, &list);

	refresh->info.end_ns = refresh->process->kernel->now();
	if (r == DONE)
		r = snapshot_new(list, &refresh->info, fresh);
	if (r == -ENOMEM)
		return process_fail(refresh->process, r, "out of memory");
	if (r)
		return r;
	(*fresh)->continues = true;
	(*fresh)->touched = *touched;
	*touched = (struct ranges){ 0 };
	read_remember(refresh->process, *fresh);
	return DONE;
}

static int go_on(struct refresh *refresh, struct mapsnap **fresh)
{
	struct ranges touched = { 0 };
	struct builder builder;
	int r = builder_init(&builder, &refresh->request.want, 0, 0, false);

	if (r)
		return process_fail(refresh->process, r, "out of memory");
	builder_clear(&builder, false);
	r = read_changes(refresh, &builder, &touched);
	if (r == DONE)
		r = make_next(refresh, &builder, &touched, fresh);
	ranges_free(&touched);
	builder_free(&builder);
	return r;
}

/* Who asks a second time may ask again: from now on it pays to log. CHANGED: read all of it. */
static int from_old(struct refresh *refresh, struct mapsnap **fresh)
{
	int r = proof_renew(refresh->old, refresh->process, refresh->request.sequence,
			    refresh->info.begin_ns);

	if (r == DONE)
		*fresh = mapsnap_ref(refresh->old);
	if (r != CHANGED)
		return r;
	process_want_log(refresh->process);
	return can_continue(refresh) ? go_on(refresh, fresh) : CHANGED;
}

/* What is cheapest first. */
static int bring_up_to_date(struct refresh *refresh, struct mapsnap **fresh)
{
	int r = comparable(refresh) ? from_old(refresh, fresh) : CHANGED;

	if (r != CHANGED)
		return r;
	return read_anew(refresh->process, &refresh->request, refresh->info, fresh);
}

int mapsnap_refresh(struct mapsnap_process *process, const struct mapsnap_options *options,
		    struct mapsnap *old, struct mapsnap **fresh)
{
	struct refresh refresh = { .process = process, .old = old };
	int r = read_request(&refresh.request, process, options);

	if (r)
		return r;
	refresh.info = read_begin(process, &refresh.request.want);
	return bring_up_to_date(&refresh, fresh);
}

/* Whether all that happened from the one to the other is known. */
static bool without_gap(const struct mapsnap *old, const struct mapsnap *fresh)
{
	return fresh == old || fresh->continues;
}

int mapsnap_changes(struct mapsnap_process *process, const struct mapsnap_options *options,
		    struct mapsnap *old, struct mapsnap **fresh, struct mapsnap_diff *changes)
{
	int r = mapsnap_refresh(process, options, old, fresh);

	if (r)
		return r;
	*changes = (struct mapsnap_diff){
		.before = old,
		.after = *fresh,
		.flags = without_gap(old, *fresh) ? MAPSNAP_DIFF_TOUCHED : MAPSNAP_DIFF_RESYNC,
	};
	return 0;
}
