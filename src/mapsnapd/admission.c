/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission.h"

#include <errno.h>

/* How often a process may become another program while it is judged. */
#define TRIES 4

bool admission_to_all(const struct request *request)
{
	return peer_is_root(request->peer) || peer_in_group(request->peer, request->service->group);
}

static int look(const struct request *request, pid_t pid, struct mapsnap **snapshot,
		struct mapsnap_member *member)
{
	const struct mapsnap_table *table = request->service->watch.table;
	uint64_t revision;
	int r = mapsnap_table_get(table, pid, snapshot, &revision);

	if (r)
		return r;
	r = mapsnap_table_member(table, pid, member);
	if (r)
		mapsnap_unref(*snapshot);
	/* There may be a newer one by now. */
	member->revision = revision;
	return r;
}

/*
 * The verdict was about the program that the process ran then: that of `before`, or one that it
 * had become. Where it is found to run that of `before` afterwards as well it ran no other, and
 * the verdict is about the snapshot's.
 */
static int look_again(const struct request *request, pid_t pid, const struct mapsnap_member *before,
		      struct mapsnap **snapshot, struct mapsnap_member *member)
{
	int r = mapsnap_table_refresh_pid(request->service->watch.table, pid);

	if (r && r != -EAGAIN)
		return r;
	r = look(request, pid, snapshot, member);
	if (r == 0 &&
	    (member->program != before->program || member->start_time != before->start_time)) {
		mapsnap_unref(*snapshot);
		return -ESTALE;
	}
	return r;
}

static int judge_once(const struct request *request, pid_t pid, struct mapsnap **snapshot,
		      struct mapsnap_member *member)
{
	struct service *service = request->service;
	struct gate_case only = { .pid = pid };
	struct mapsnap_member before;
	int r = mapsnap_table_member(service->watch.table, pid, &before);

	if (r)
		return r;
	only.start_time = before.start_time;
	r = gate_judge(&service->gate, request->peer, &only, 1);
	if (r == 0)
		r = only.verdict;
	return r ? r : look_again(request, pid, &before, snapshot, member);
}

int admission_to(const struct request *request, pid_t pid, struct mapsnap **snapshot,
		 struct mapsnap_member *member)
{
	int r = -ESTALE;

	if (admission_to_all(request))
		return look(request, pid, snapshot, member);
	for (int i = 0; r == -ESTALE && i < TRIES; i++)
		r = judge_once(request, pid, snapshot, member);
	return r;
}

/* Those that the table knows, in the order of the entrants. */
static size_t gather(const struct request *request, struct entrant *entrants, size_t count,
		     struct gate_case *cases)
{
	const struct mapsnap_table *table = request->service->watch.table;
	size_t gathered = 0;

	for (size_t i = 0; i < count; i++) {
		struct entrant *e = &entrants[i];

		e->result = mapsnap_table_member(table, e->pid, &e->member);
		if (e->result == 0)
			cases[gathered++] =
				(struct gate_case){ .pid = e->pid,
						    .start_time = e->member.start_time };
	}
	return gathered;
}

/* Who has become another program meanwhile is judged anew, alone. */
static void look_again_at(const struct request *request, struct entrant *entrant)
{
	struct mapsnap_member before = entrant->member;
	struct mapsnap *snapshot;
	int r = look_again(request, entrant->pid, &before, &snapshot, &entrant->member);

	if (r == -ESTALE)
		r = admission_to(request, entrant->pid, &snapshot, &entrant->member);
	if (r == 0)
		mapsnap_unref(snapshot);
	entrant->result = r;
}

static void judge_each(const struct request *request, struct entrant *entrants, size_t count)
{
	struct gate_case cases[ADMISSION_MOST], *next = cases;
	size_t gathered = gather(request, entrants, count, cases);
	int r = gate_judge(&request->service->gate, request->peer, cases, gathered);

	for (size_t i = 0; i < count; i++) {
		struct entrant *e = &entrants[i];

		if (e->result)
			continue;
		e->result = r ? r : next->verdict;
		next++;
		if (e->result == 0)
			look_again_at(request, e);
	}
}

void admission_to_each(const struct request *request, struct entrant *entrants, size_t count)
{
	struct mapsnap *snapshot;

	if (!admission_to_all(request)) {
		judge_each(request, entrants, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct entrant *e = &entrants[i];

		e->result = look(request, e->pid, &snapshot, &e->member);
		if (e->result == 0)
			mapsnap_unref(snapshot);
	}
}

size_t admission_leaves(const struct request *request)
{
	return admission_to_all(request) ? 0 : request->service->bodies.limit / 2;
}

bool admission_has_room(const struct request *request, size_t size)
{
	return bodies_have_room(&request->service->bodies, size + admission_leaves(request));
}

bool admission_is_undecided(int error)
{
	return error == -EPIPE || error == -ETIMEDOUT || error == -EAGAIN || error == -EMFILE ||
	       error == -ENFILE || error == -ENOMEM || error == -ETOOMANYREFS;
}
