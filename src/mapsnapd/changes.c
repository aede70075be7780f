/* SPDX-License-Identifier: BSD-2-Clause */
#include "changes.h"

#include <errno.h>
#include <stdlib.h>

#include "admission.h"
#include "changes_parts.h"
#include "clock.h"

/* So long nobody waits for a line: who listens then sees that it still is told. */
#define SILENCE_NS (10 * SECOND)

/* ---- begin and end */

static int go_on(struct changes *changes, const char *since)
{
	struct cursor cursor;

	if (!since) {
		changes_begin_with_all(changes, "this is the beginning");
		return 0;
	}
	if (!cursor_parse(since, &cursor))
		return -EINVAL;
	if (cursor.instance != changes->request.service->instance) {
		changes_begin_with_all(changes, "the service was started again");
		return 0;
	}
	/* No line was of there yet. */
	if (cursor.event - 1 > changes_end_of_events(changes))
		return -EINVAL;
	changes->cursor = cursor.event - 1;
	changes->resumed = true;
	changes->phase = PHASE_EVENTS;
	return 0;
}

/* Whether there is anything to tell of this one. */
static int check_only(const struct changes *changes)
{
	struct mapsnap_member member;
	struct mapsnap *snapshot;
	int r;

	if (!changes->only)
		return 0;
	r = admission_to(&changes->request, changes->only, &snapshot, &member);
	if (r == 0)
		mapsnap_unref(snapshot);
	return r;
}

int changes_open(const struct request *request, struct changes **changes)
{
	struct changes *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->request = *request;
	c->only = request->pid;
	c->everything = admission_to_all(request);
	c->spoke_ns = now_ns();
	r = go_on(c, request->since);
	if (r == 0)
		r = check_only(c);
	if (r) {
		free(c);
		return r;
	}
	c->peer = request->peer;
	*changes = c;
	return 0;
}

void changes_close(struct changes *changes)
{
	told_free(&changes->told);
	free(changes->pids);
	free(changes->peer);
	free(changes);
}

/* ---- what is to be told next */

static bool has_next_event(struct changes *changes)
{
	if (!changes->has_event)
		changes->has_event = mapsnap_table_events(table_of(changes), &changes->cursor,
							  &changes->event, 1);
	return changes->has_event;
}

/* Now and then also who has nothing to be told is told that, and where they stand. */
static struct body *tell_alive(struct changes *changes)
{
	struct cursor cursor = cursor_of(changes);

	if (now_ns() - changes->spoke_ns < SILENCE_NS)
		return NULL;
	return changes_mark(changes, "alive", &cursor, NULL);
}

static struct body *tell_events(struct changes *changes)
{
	while (has_next_event(changes)) {
		bool passed;
		struct body *body = changes_tell_event(changes, &passed);

		if (!body && !passed)
			return NULL;
		changes->has_event = false;
		if (body)
			return body;
	}
	return tell_alive(changes);
}

struct body *changes_next(struct changes *changes)
{
	struct body *body = NULL;

	if (changes->phase == PHASE_EVENTS)
		body = tell_events(changes);
	/* That may have been the news that events were lost. */
	if (changes->phase == PHASE_RESYNC)
		return changes_tell_resync(changes);
	return changes->phase == PHASE_PROCESSES ? changes_tell_processes(changes) : body;
}
