/* SPDX-License-Identifier: BSD-2-Clause */
/* All that there is, where what was told before does not hold any more. */
#include <errno.h>
#include <stdlib.h>

#include "admission.h"
#include "changes_parts.h"

static const struct cursor nowhere = { 0 };

void changes_begin_with_all(struct changes *changes, const char *reason)
{
	changes->phase = PHASE_RESYNC;
	changes->reason = reason;
	changes->has_event = false;
}

uint64_t changes_end_of_events(const struct changes *changes)
{
	struct mapsnap_event events[64];
	uint64_t cursor = 0;

	while (mapsnap_table_events(table_of(changes), &cursor, events,
				    sizeof(events) / sizeof(events[0])))
		;
	return cursor;
}

static int list_processes(struct changes *changes)
{
	size_t room = mapsnap_table_pids(table_of(changes), NULL, 0) + 16;
	pid_t *pids = calloc(room, sizeof(*pids));

	if (!pids)
		return -ENOMEM;
	free(changes->pids);
	changes->pids = pids;
	changes->pid_count = mapsnap_table_pids(table_of(changes), pids, room);
	if (changes->pid_count > room)
		changes->pid_count = room;
	changes->next_pid = 0;
	return 0;
}

struct body *changes_tell_resync(struct changes *changes)
{
	struct body *body;

	/* What comes from now on is told afterwards. */
	changes->cursor = changes_end_of_events(changes);
	told_free(&changes->told);
	changes->resumed = false;
	if (list_processes(changes))
		return NULL;
	body = changes_mark(changes, "resync", &nowhere, changes->reason);
	if (body)
		changes->phase = PHASE_PROCESSES;
	return body;
}

/* NULL with *passed: there is nothing to tell of this one, or not to this client. */
static struct body *tell_process(struct changes *changes, pid_t pid, bool *passed)
{
	struct mapsnap_event event = { .type = MAPSNAP_EVENT_ADDED, .pid = pid };
	struct mapsnap_member member;
	struct mapsnap *snapshot;
	struct body *body;
	int r;

	*passed = changes->only && pid != changes->only;
	if (*passed)
		return NULL;
	r = admission_to(&changes->request, pid, &snapshot, &member);
	/* Who was not judged is tried again. */
	*passed = r && !admission_is_undecided(r);
	if (r)
		return NULL;
	event.time_ns = mapsnap_info(snapshot)->end_ns;
	event.start_time = member.start_time;
	body = changes_tell_snapshot(changes, &nowhere, &event, member.revision, snapshot);
	mapsnap_unref(snapshot);
	return body;
}

static struct body *tell_current(struct changes *changes)
{
	struct cursor cursor = cursor_of(changes);
	struct body *body = changes_mark(changes, "current", &cursor, NULL);

	if (body) {
		free(changes->pids);
		changes->pids = NULL;
		changes->phase = PHASE_EVENTS;
	}
	return body;
}

struct body *changes_tell_processes(struct changes *changes)
{
	while (changes->next_pid < changes->pid_count) {
		bool passed;
		struct body *body =
			tell_process(changes, changes->pids[changes->next_pid], &passed);

		if (!body && !passed)
			return NULL;
		changes->next_pid++;
		if (body)
			return body;
	}
	return tell_current(changes);
}
