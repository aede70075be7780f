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
 * The verdict is about the program that the process ran then. It is about that of the
 * snapshot where the process is found to run that same one afterwards.
 */
static int judge_once(const struct request *request, pid_t pid, struct mapsnap **snapshot,
		      struct mapsnap_member *member)
{
	struct service *service = request->service;
	struct mapsnap_member before;
	int r = mapsnap_table_member(service->watch.table, pid, &before);

	if (r)
		return r;
	r = gate_may_read(&service->gate, request->peer, pid, before.start_time, NULL);
	if (r)
		return r;
	r = mapsnap_table_refresh_pid(service->watch.table, pid);
	if (r && r != -EAGAIN)
		return r;
	r = look(request, pid, snapshot, member);
	if (r == 0 &&
	    (member->program != before.program || member->start_time != before.start_time)) {
		mapsnap_unref(*snapshot);
		return -ESTALE;
	}
	return r;
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
