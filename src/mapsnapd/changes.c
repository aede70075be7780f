/* SPDX-License-Identifier: BSD-2-Clause */
#include "changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admission.h"
#include "change_line.h"
#include "clock.h"
#include "told.h"
#include "trouble.h"

/* So long nobody waits for a line: who listens then sees that it still is told. */
#define SILENCE_NS 10000000000ull

enum phase {
	PHASE_RESYNC,    /* what was told before does not hold any more */
	PHASE_PROCESSES, /* all that there is */
	PHASE_EVENTS
};

struct changes {
	struct request request;
	struct peer *peer;
	bool everything; /* may be read by who asks */
	pid_t only;      /* 0: all */
	enum phase phase;
	const char *reason; /* of the resync */
	bool resumed;       /* what the client was told before is not in `told` */
	uint64_t cursor;    /* of the table's events, behind `event` */
	struct mapsnap_event event;
	bool has_event;
	pid_t *pids; /* of PHASE_PROCESSES */
	size_t pid_count, next_pid;
	struct told told;
	uint64_t spoke_ns;
};

static struct mapsnap_table *table_of(const struct changes *changes)
{
	return changes->request.service->watch.table;
}

static uint64_t round_of(const struct changes *changes)
{
	return tally_of(&changes->request.service->watch.tally.rounds);
}

static struct cursor cursor_of(const struct changes *changes)
{
	/* From 1 on: 0 is nowhere. */
	return (struct cursor){ changes->request.service->instance, changes->cursor + 1 };
}

/* Behind all that has happened. */
static uint64_t end_of_events(const struct changes *changes)
{
	struct mapsnap_event events[64];
	uint64_t cursor = 0;

	while (mapsnap_table_events(table_of(changes), &cursor, events,
				    sizeof(events) / sizeof(events[0])))
		;
	return cursor;
}

static const struct cursor nowhere = { 0 };

/* ---- begin and end */

static void begin_with_all(struct changes *changes, const char *reason)
{
	changes->phase = PHASE_RESYNC;
	changes->reason = reason;
	changes->has_event = false;
}

static int go_on(struct changes *changes, const char *since)
{
	struct cursor cursor;

	if (!since) {
		begin_with_all(changes, "this is the beginning");
		return 0;
	}
	if (!cursor_parse(since, &cursor))
		return -EINVAL;
	if (cursor.instance != changes->request.service->instance) {
		begin_with_all(changes, "the service was started again");
		return 0;
	}
	/* No line was of there yet. */
	if (cursor.event - 1 > end_of_events(changes))
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

/* ---- lines */

static struct body *keep(struct changes *changes, struct writer *writer, struct body_key key)
{
	struct bodies *bodies = &changes->request.service->bodies;

	if (writer->error) {
		writer_free(writer);
		return NULL;
	}
	changes->spoke_ns = now_ns();
	return bodies_add(bodies, writer->buffer, writer->used, key,
			  admission_leaves(&changes->request));
}

static struct body *mark(struct changes *changes, const char *event, const struct cursor *cursor,
			 const char *reason)
{
	struct writer writer = { .fd = -1 };

	change_line_mark(&writer, event, cursor, reason);
	return keep(changes, &writer, (struct body_key){ BODY_OWN });
}

static bool has_room(const struct changes *changes, size_t mappings)
{
	return admission_has_room(&changes->request, mappings * BYTES_OF_MAPPING);
}

static bool is_too_large(const struct changes *changes, size_t size)
{
	return !admission_could_have_room(&changes->request, size);
}

/* The body, if that the client now has this can be noted as well. */
static struct body *note(struct changes *changes, struct body *body, struct told_process told)
{
	told.round = round_of(changes);
	if (!body || told_set(&changes->told, &told) == 0)
		return body;
	body_unref(body);
	return NULL;
}

/* It would never have room, and nothing behind it would be told. */
static struct body *tell_too_large(struct changes *changes, const struct cursor *cursor,
				   const struct mapsnap_event *event, uint64_t revision)
{
	struct mapsnap_event unreadable = *event;
	struct writer writer = { .fd = -1 };

	trouble(TROUBLE_ROOM, "some processes have more mappings than there is room to tell of: "
			      "raise the option pending");
	unreadable.type = MAPSNAP_EVENT_UNREADABLE;
	change_line_event(&writer, cursor, &unreadable,
			  "there is no room to tell of so many mappings: raise the option pending "
			  "of mapsnapd, or look up addresses");
	return note(changes, keep(changes, &writer, (struct body_key){ BODY_OWN }),
		    (struct told_process){ .pid = event->pid,
					   .unreadable = true,
					   .start_time = event->start_time,
					   .revision = revision });
}

static struct body *tell_snapshot(struct changes *changes, const struct cursor *cursor,
				  const struct mapsnap_event *event, uint64_t revision,
				  struct mapsnap *snapshot)
{
	size_t mappings = mapsnap_count(snapshot);
	struct writer writer = { .fd = -1 };

	if (is_too_large(changes, mappings * BYTES_OF_MAPPING))
		return tell_too_large(changes, cursor, event, revision);
	if (!has_room(changes, mappings))
		return NULL;
	change_line_snapshot(&writer, cursor, event, revision, snapshot);
	if (is_too_large(changes, writer.used)) {
		writer_free(&writer);
		return tell_too_large(changes, cursor, event, revision);
	}
	return note(changes, keep(changes, &writer, (struct body_key){ BODY_OWN }),
		    (struct told_process){ .pid = event->pid,
					   .start_time = event->start_time,
					   .revision = revision });
}

/* ---- all that there is */

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

static struct body *tell_resync(struct changes *changes)
{
	struct body *body;

	/* What comes from now on is told afterwards. */
	changes->cursor = end_of_events(changes);
	told_free(&changes->told);
	changes->resumed = false;
	if (list_processes(changes))
		return NULL;
	body = mark(changes, "resync", &nowhere, changes->reason);
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
	body = tell_snapshot(changes, &nowhere, &event, member.revision, snapshot);
	mapsnap_unref(snapshot);
	return body;
}

static struct body *tell_current(struct changes *changes)
{
	struct cursor cursor = cursor_of(changes);
	struct body *body = mark(changes, "current", &cursor, NULL);

	if (body) {
		free(changes->pids);
		changes->pids = NULL;
		changes->phase = PHASE_EVENTS;
	}
	return body;
}

static struct body *tell_processes(struct changes *changes)
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

/* ---- what happens */

static struct body *tell_all_of(struct changes *changes, uint64_t revision,
				struct mapsnap *snapshot)
{
	struct cursor cursor = cursor_of(changes);

	return tell_snapshot(changes, &cursor, &changes->event, revision, snapshot);
}

static struct body *tell_step(struct changes *changes, struct mapsnap_step *step)
{
	const struct mapsnap_event *event = &changes->event;
	struct cursor cursor = cursor_of(changes);
	/* Who may not read everything is told only what they were judged for. */
	struct body_key key = { changes->everything ? BODY_EVENT : BODY_OWN, changes->cursor };
	struct body *body = bodies_find(&changes->request.service->bodies, key);
	struct writer writer = { .fd = -1 };

	if (!body && has_room(changes, 1)) {
		change_line_step(&writer, &cursor, event, step);
		if (is_too_large(changes, writer.used)) {
			writer_free(&writer);
			return tell_all_of(changes, step->revision, step->after);
		}
		body = keep(changes, &writer, key);
	}
	return note(changes, body,
		    (struct told_process){ .pid = event->pid,
					   .start_time = event->start_time,
					   .revision = step->revision });
}

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
	       !is_too_large(changes, mapsnap_count(before) * BYTES_OF_MAPPING);
}

/* It was too large, and still is. */
static bool stays_unreadable(const struct changes *changes, const struct mapsnap *latest)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);

	return told && told->unreadable && changes->event.type == MAPSNAP_EVENT_CHANGED &&
	       is_too_large(changes, mapsnap_count(latest) * BYTES_OF_MAPPING);
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
		body = tell_step(changes, &step);
	else
		body = tell_all_of(changes, member->revision, latest);
	mapsnap_unref(step.before);
	mapsnap_unref(step.after);
	return body;
}

static bool is_told(const struct changes *changes)
{
	const struct told_process *told = told_find(&changes->told, changes->event.pid);

	return told && told->revision >= changes->event.revision;
}

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
	begin_with_all(changes,
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
	body = keep(changes, &writer, (struct body_key){ BODY_OWN });
	if (body)
		told_remove(&changes->told, event.pid);
	return body;
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
	body = keep(changes, &writer, (struct body_key){ BODY_OWN });
	if (body && event->type != MAPSNAP_EVENT_EXITED)
		told_remove(&changes->told, event->pid);
	return body;
}

static struct body *tell_event(struct changes *changes, bool *passed)
{
	const struct mapsnap_event *event = &changes->event;

	*passed = false;
	if (event->type == MAPSNAP_EVENT_LOST) {
		begin_with_all(changes, "more has happened than is kept");
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
	return mark(changes, "alive", &cursor, NULL);
}

static struct body *tell_events(struct changes *changes)
{
	while (has_next_event(changes)) {
		bool passed;
		struct body *body = tell_event(changes, &passed);

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
		return tell_resync(changes);
	return changes->phase == PHASE_PROCESSES ? tell_processes(changes) : body;
}
