/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened to a process, as far as the client may know of it. */
#include <errno.h>
#include <string.h>

#include "admission.h"
#include "change_line.h"
#include "changes_parts.h"

/* ---- what it is now */

/*
 * Whether the client has the mappings before the event's. Who resumed was told of all that they
 * may read, but for what was too large; of whom that is only some, nobody knows of which.
 */
static bool has_before(const struct changes *changes, const struct mapsnap *before)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);

	if (mapsnap_count(before) == 0)
		return false;
	if (told)
		return !told->unreadable;
	return changes->resumed && (changes->everything || changes->only) &&
	       !changes_too_large(changes, mapsnap_count(before) * BYTES_OF_MAPPING);
}

/* It was too large, and still is. */
static bool stays_unreadable(const struct changes *changes, const struct mapsnap *latest)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);

	return told && told->unreadable && changes->event.type == MAPSNAP_EVENT_CHANGED &&
	       changes_too_large(changes, mapsnap_count(latest) * BYTES_OF_MAPPING);
}

/*
 * What the client knows is the snapshot before the event's; where the table does not have that
 * any more, or it was of another program, all is told. Of one who may not read everything only
 * the latest snapshot was judged.
 */
static struct body *tell_change(struct changes *changes, struct mapsnap *latest,
				const struct mapsnap_member *member, bool *passed)
{
	const struct mapsnap_event *event = &changes->event;
	struct cursor cursor = cursor_of(changes);
	struct mapsnap_step step;
	struct body *body;

	if (stays_unreadable(changes, latest) ||
	    mapsnap_table_next(table_of(changes), event->pid, event->revision - 1, &step)) {
		*passed = true;
		return NULL;
	}
	if (has_before(changes, step.before) &&
	    (changes->everything ? step.revision == event->revision
				 : step.revision == member->revision))
		body = changes_tell_step(changes, &step);
	else
		body = changes_tell_snapshot(changes, &cursor, event, member->revision, latest);
	mapsnap_unref(step.before);
	mapsnap_unref(step.after);
	return body;
}

/* ---- that it is no more, or not for this client */

/*
 * There may be no process any more, or one that the client may not even know of. Where it is not
 * found out in time the end, if there is one, is still told.
 */
static bool has_ended(const struct changes *changes, int error)
{
	struct errand_look look = { .pid = changes->event.pid };

	return error == -ESRCH &&
	       (errands_run(&changes->request.service->errands, &look, 1) || look.result == -ESRCH);
}

/*
 * Of a process that can't be judged any more, or may not be read, it matters whether the client
 * knew of it. Where nobody knows that all is told anew, which tells nothing of this one.
 */
static bool begins_anew(struct changes *changes)
{
	if (!changes->resumed || changes->event.type == MAPSNAP_EVENT_ADDED)
		return false;
	changes_begin_with_all(
		changes,
		"a process has ended, or may not be read, of which you may have been told");
	return true;
}

/*
 * Nothing of what the process is now: of one that the client knew of, that it is not what it
 * may read any more. That it has ended is an event of its own.
 */
static struct body *tell_refusal(struct changes *changes, int error, bool *passed)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);
	struct mapsnap_event event = changes->event;
	struct cursor cursor = cursor_of(changes);
	struct writer writer = { .fd = -1 };
	struct body *body;

	*passed = told ? has_ended(changes, error) : !begins_anew(changes);
	if (!told || *passed)
		return NULL;
	/* Of another that has its pid by now there is nothing to tell. */
	event.type = told->start_time == event.start_time ? MAPSNAP_EVENT_UNREADABLE
							  : MAPSNAP_EVENT_REMOVED;
	event.start_time = told->start_time;
	change_line_event(&writer, &cursor, &event,
			  event.type == MAPSNAP_EVENT_UNREADABLE ? strerror(EACCES) : NULL);
	body = changes_keep(changes, &writer, (struct body_key){ BODY_OWN });
	if (body)
		told_remove(&changes->told, event.pid);
	return body;
}

/* Who resumed with a single process could read it then. */
static bool knows(const struct changes *changes)
{
	return changes->everything || told_find(&changes->told, changes->event.pid) ||
	       (changes->resumed && changes->only);
}

/* Nobody can be judged any more for what has gone: it is told to those who knew of it. */
static struct body *tell_end(struct changes *changes, bool *passed)
{
	const struct mapsnap_event *event = &changes->event;
	struct cursor cursor = cursor_of(changes);
	struct writer writer = { .fd = -1 };
	struct body *body;

	if (!knows(changes)) {
		*passed = !begins_anew(changes);
		return NULL;
	}
	*passed = false;
	change_line_event(&writer, &cursor, event, event->error ? strerror(-event->error) : NULL);
	body = changes_keep(changes, &writer, (struct body_key){ BODY_OWN });
	if (body && event->type != MAPSNAP_EVENT_EXITED)
		told_remove(&changes->told, event->pid);
	return body;
}

/* ---- who may know what */

static bool is_told(const struct changes *changes)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);

	return told && told->revision >= changes->event.revision;
}

static bool is_refusal(int error)
{
	return error == -EACCES || error == -EPERM || error == -ESRCH;
}

/*
 * To be judged is to be looked at, which makes more happen where a process changes all the time:
 * streams would keep each other awake.
 */
static bool waits_for_round(const struct changes *changes)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);

	return !changes->everything && told && told->round == round_of(changes);
}

static struct body *tell_if_admitted(struct changes *changes, bool *passed)
{
	struct mapsnap_member member;
	struct mapsnap *snapshot;
	struct body *body;
	int r;

	*passed = is_told(changes);
	if (*passed || waits_for_round(changes))
		return NULL;
	r = admission_to(&changes->request, changes->event.pid, &snapshot, &member);
	if (is_refusal(r) && !changes->everything)
		return tell_refusal(changes, r, passed);
	*passed = r && !admission_is_undecided(r);
	if (r)
		return NULL;
	body = tell_change(changes, snapshot, &member, passed);
	mapsnap_unref(snapshot);
	return body;
}

struct body *changes_tell_event(struct changes *changes, bool *passed)
{
	const struct mapsnap_event *event = &changes->event;

	*passed = false;
	if (event->type == MAPSNAP_EVENT_LOST) {
		changes_begin_with_all(changes, "more has happened than is kept");
		return NULL;
	}
	*passed = changes->only && event->pid != changes->only;
	if (*passed)
		return NULL;
	switch (event->type) {
	case MAPSNAP_EVENT_EXITED:
	case MAPSNAP_EVENT_REMOVED:
	case MAPSNAP_EVENT_UNREADABLE:
		return tell_end(changes, passed);
	default:
		return tell_if_admitted(changes, passed);
	}
}
