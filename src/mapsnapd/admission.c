/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission.h"

#include <errno.h>

#include "clock.h"

/* How often a process may become another program while it is judged. */
#define TRIES 4

bool admission_to_all(const struct request *request)
{
	return peer_is_root(request->peer) || peer_in_group(request->peer, request->service->group);
}

/* The latest snapshot, with what the table says of it. */
static int look(const struct request *request, struct entrant *entrant)
{
	const struct mapsnap_table *table = request->service->watch.table;
	uint64_t revision;
	int r = mapsnap_table_get(table, entrant->pid, &entrant->snapshot, &revision);

	if (r)
		return r;
	r = mapsnap_table_member(table, entrant->pid, &entrant->member);
	if (r)
		mapsnap_unref(entrant->snapshot);
	/* There may be a newer one by now. */
	entrant->member.revision = revision;
	return r;
}

/* ---- to be judged: each step goes on with those of result 0 from the one before */

static size_t pick(struct entrant **list, size_t count, int result)
{
	size_t picked = 0;

	for (size_t i = 0; i < count; i++)
		if (list[i]->result == result)
			list[picked++] = list[i];
	return picked;
}

static size_t find_members(const struct request *request, struct entrant **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		list[i]->result = mapsnap_table_member(request->service->watch.table, list[i]->pid,
						       &list[i]->member);
	return pick(list, count, 0);
}

/* Of whom it was said a moment ago is not asked again. */
static size_t recall(const struct request *request, struct refusal_case by, struct entrant **list,
		     size_t count)
{
	uint64_t now = now_ns();

	for (size_t i = 0; i < count; i++) {
		const struct refusal_case of = refusal_case_of(by, list[i]->pid, &list[i]->member);

		list[i]->result = refusals_find(&request->service->refusals, &of, now);
	}
	return pick(list, count, 0);
}

static void note_verdict(const struct request *request, struct refusal_case by,
			 struct entrant *entrant, int verdict, uint64_t asked_ns)
{
	const struct refusal_case of = refusal_case_of(by, entrant->pid, &entrant->member);

	refusals_note(&request->service->refusals, &of, verdict, asked_ns);
	entrant->result = verdict;
}

static size_t ask_gate(const struct request *request, struct refusal_case by, struct entrant **list,
		       size_t count)
{
	struct gate_case cases[ADMISSION_MOST];
	uint64_t now = now_ns();
	int r;

	for (size_t i = 0; i < count; i++)
		cases[i] = (struct gate_case){ .pid = list[i]->pid,
					       .start_time = list[i]->member.start_time };
	r = gate_judge(&request->service->gate, request->peer, cases, count);
	for (size_t i = 0; i < count; i++)
		note_verdict(request, by, list[i], r ? r : cases[i].verdict, now);
	return pick(list, count, 0);
}

/* Where it changes all the time it is found out what it runs all the same. */
static size_t refresh(const struct request *request, struct entrant **list, size_t count)
{
	struct errand_look looks[ADMISSION_MOST];
	int r;

	for (size_t i = 0; i < count; i++)
		looks[i] = (struct errand_look){ .pid = list[i]->pid };
	r = errands_run(&request->service->errands, looks, count);
	for (size_t i = 0; i < count; i++)
		list[i]->result = r ? r : looks[i].result == -EAGAIN ? 0 : looks[i].result;
	return pick(list, count, 0);
}

/*
 * The verdict was about the program that the process ran then: that which the table knew before,
 * or one that it had become. Where it is found to run that one afterwards as well it ran no
 * other, and the verdict is about the snapshot's.
 */
static int look_again(const struct request *request, struct entrant *entrant)
{
	const struct mapsnap_member before = entrant->member;
	int r = look(request, entrant);

	if (r == 0 && (entrant->member.program != before.program ||
		       entrant->member.start_time != before.start_time)) {
		mapsnap_unref(entrant->snapshot);
		return -ESTALE;
	}
	return r;
}

static void judge(const struct request *request, struct refusal_case by, struct entrant **list,
		  size_t count)
{
	count = find_members(request, list, count);
	count = recall(request, by, list, count);
	if (count)
		count = ask_gate(request, by, list, count);
	if (count)
		count = refresh(request, list, count);
	for (size_t i = 0; i < count; i++)
		list[i]->result = look_again(request, list[i]);
}

static void judge_each(const struct request *request, struct entrant *entrants, size_t count)
{
	const struct refusal_case by = refusal_case_by(request->peer);
	struct entrant *list[ADMISSION_MOST];

	/* The helper would be judged as one of our own. */
	for (size_t i = 0; i < count; i++)
		entrants[i].result = request->peer->foreign ? -EACCES : -ESTALE;
	for (int tries = 0; tries < TRIES; tries++) {
		size_t stale;

		for (size_t i = 0; i < count; i++)
			list[i] = &entrants[i];
		stale = pick(list, count, -ESTALE);
		if (stale)
			judge(request, by, list, stale);
	}
}

void admission_to_each(const struct request *request, struct entrant *entrants, size_t count)
{
	if (!admission_to_all(request)) {
		judge_each(request, entrants, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		entrants[i].result = look(request, &entrants[i]);
}

int admission_to(const struct request *request, pid_t pid, struct mapsnap **snapshot,
		 struct mapsnap_member *member)
{
	struct entrant only = { .pid = pid };

	admission_to_each(request, &only, 1);
	*snapshot = only.snapshot;
	*member = only.member;
	return only.result;
}

size_t admission_leaves(const struct request *request)
{
	return admission_to_all(request) ? 0 : request->service->bodies.limit / 2;
}

bool admission_has_room(const struct request *request, size_t size)
{
	return bodies_have_room(&request->service->bodies, size + admission_leaves(request));
}

bool admission_could_have_room(const struct request *request, size_t size)
{
	return bodies_could_have_room(&request->service->bodies, size + admission_leaves(request));
}

bool admission_is_undecided(int error)
{
	return error == -EPIPE || error == -ETIMEDOUT || error == -EAGAIN || error == -EMFILE ||
	       error == -ENFILE || error == -ENOMEM || error == -ETOOMANYREFS;
}
