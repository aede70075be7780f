/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes are watched, a line each; only those that the client may read. */
#include <stdlib.h>

#include "admission.h"

static const char *state_name(uint32_t state)
{
	switch (state) {
	case MAPSNAP_STATE_ALIVE:
		return "alive";
	case MAPSNAP_STATE_ENDED:
		return "ended";
	default:
		return "unreadable";
	}
}

static void write_member(struct reply *reply, pid_t pid, const struct mapsnap_member *member)
{
	struct object object = object_new();

	add_integer(&object, "pid", (uint32_t)pid);
	add_decimal(&object, "start_time", member->start_time, true);
	add_string(&object, "state", state_name(member->state));
	add_string(&object, "consistency", mapsnap_consistency_name(member->consistency));
	add_decimal(&object, "sequence", member->sequence, member->sequence != 0);
	add_decimal(&object, "revision", member->revision, true);
	add_decimal(&object, "proved_ns", member->proved_ns, member->proved_ns != 0);
	add_decimal(&object, "mappings", member->mappings, true);
	reply_object(reply, &object);
}

/* An error where it is not known whether the process belongs to the list. */
static int write_if_admitted(const struct request *request, struct reply *reply, pid_t pid)
{
	struct mapsnap_member member;
	struct mapsnap *snapshot;
	int r = admission_to(request, pid, &snapshot, &member);

	if (r)
		return admission_is_undecided(r) ? r : 0;
	mapsnap_unref(snapshot);
	write_member(reply, pid, &member);
	return 0;
}

void answer_processes(const struct request *request, struct reply *reply)
{
	const struct mapsnap_table *table = request->service->watch.table;
	size_t room = mapsnap_table_pids(table, NULL, 0), count;
	int r = 0;
	pid_t *pids = calloc(room + 1, sizeof(*pids));

	if (!pids) {
		reply_later(reply, 1, "out of memory: try again");
		return;
	}
	count = mapsnap_table_pids(table, pids, room);
	reply->type = REPLY_JSON_LINES;
	for (size_t i = 0; r == 0 && i < count && i < room; i++)
		r = write_if_admitted(request, reply, pids[i]);
	free(pids);
	if (r)
		reply_refusal(reply, r);
}
