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

/* An error where it is not known whether a process belongs to the list. */
static int write_admitted(const struct request *request, struct reply *reply, const pid_t *pids,
			  size_t count)
{
	struct entrant entrants[ADMISSION_MOST];
	int r = 0;

	for (size_t i = 0; i < count; i++)
		entrants[i].pid = pids[i];
	admission_to_each(request, entrants, count);
	for (size_t i = 0; i < count; i++) {
		if (admission_is_undecided(entrants[i].result))
			r = entrants[i].result;
		if (entrants[i].result)
			continue;
		write_member(reply, pids[i], &entrants[i].member);
		mapsnap_unref(entrants[i].snapshot);
	}
	return r;
}

static int write_list(const struct request *request, struct reply *reply, const pid_t *pids,
		      size_t count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i += ADMISSION_MOST) {
		size_t left = count - i;

		r = write_admitted(request, reply, pids + i,
				   left < ADMISSION_MOST ? left : ADMISSION_MOST);
	}
	return r;
}

void answer_processes(const struct request *request, struct reply *reply)
{
	const struct mapsnap_table *table = request->service->watch.table;
	size_t room = mapsnap_table_pids(table, NULL, 0), count;
	pid_t *pids = calloc(room + 1, sizeof(*pids));
	int r;

	if (!pids) {
		reply_later(reply, 1, "out of memory: try again");
		return;
	}
	count = mapsnap_table_pids(table, pids, room);
	reply->type = REPLY_JSON_LINES;
	r = write_list(request, reply, pids, count < room ? count : room);
	free(pids);
	if (r)
		reply_refusal(reply, r);
}
