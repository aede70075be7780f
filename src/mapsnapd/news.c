/* SPDX-License-Identifier: BSD-2-Clause */
#include "news.h"

#include <errno.h>
#include <string.h>

#include "pids.h"
#include "trouble.h"

#define AT_ONCE 256

/* By how much the sequence of the same program grew, in changes: it takes two for each. */
static uint64_t steps(const struct subject *subject, uint64_t sequence, bool same_program)
{
	if (!same_program || !subject->sequence || sequence <= subject->sequence)
		return 1;
	return (sequence - subject->sequence) / 2;
}

static void note(struct watch *watch, struct subject *subject, const struct mapsnap *snapshot,
		 bool same_program)
{
	struct facts facts = facts_of(snapshot);
	const struct mapsnap_info *info = mapsnap_info(snapshot);
	struct roll *roll = &watch->roll;

	roll_lock(roll);
	if (subject->state != SUBJECT_PARKED)
		roll_set_state(roll, subject, SUBJECT_HELD);
	roll->steps[subject->group] += steps(subject, info->sequence, same_program);
	subject->facts = facts;
	subject->sequence = info->sequence;
	roll_unlock(roll);
	tally_snapshot(&watch->tally, info);
}

/* There is another snapshot; of what happened to it by now another event will tell. */
static void note_snapshot(struct watch *watch, struct subject *subject, bool same_program)
{
	struct mapsnap *snapshot;

	if (mapsnap_table_get(watch->table, subject->pid, &snapshot, NULL))
		return;
	note(watch, subject, snapshot, same_program);
	mapsnap_unref(snapshot);
}

static void note_end(struct watch *watch, struct subject *subject)
{
	roll_lock(&watch->roll);
	subject->facts = (struct facts){ 0 };
	roll_set_state(&watch->roll, subject, SUBJECT_ENDED);
	roll_unlock(&watch->roll);
}

void news_drop(pid_t pid, void *context)
{
	struct watch *watch = context;
	struct subject *subject = roll_find(&watch->roll, pid);

	mapsnap_table_remove(watch->table, pid);
	if (!subject)
		return;
	roll_lock(&watch->roll);
	roll_remove(&watch->roll, subject);
	roll_unlock(&watch->roll);
}

static void note_program(struct watch *watch, struct subject *subject, uint64_t now)
{
	pid_t pid = subject->pid;

	subject->pace = (struct pace){ .read_ns = subject->pace.read_ns };
	if (subject->state == SUBJECT_ENDED)
		roll_change_state(&watch->roll, subject, SUBJECT_NEW);
	if (lookout_keeps(&watch->lookout, &watch->roll, pid, now))
		note_snapshot(watch, subject, false);
	else
		news_drop(pid, watch);
}

static bool has_left(const struct watch *watch, pid_t pid)
{
	struct mapsnap_member member;

	return mapsnap_table_member(watch->table, pid, &member) != 0;
}

struct gathering {
	struct pids pids;
	int error;
};

static void gather(struct subject *subject, void *context)
{
	struct gathering *gathering = context;

	if (subject->state != SUBJECT_NEW && subject->state != SUBJECT_REFUSED &&
	    pids_add(&gathering->pids, subject->pid))
		gathering->error = -ENOMEM;
}

static void note_now(struct watch *watch, struct subject *subject)
{
	struct mapsnap_member member;

	if (mapsnap_table_member(watch->table, subject->pid, &member))
		news_drop(subject->pid, watch);
	else if (member.state == MAPSNAP_STATE_ENDED)
		note_end(watch, subject);
	else if (member.state == MAPSNAP_STATE_UNREADABLE)
		roll_change_state(&watch->roll, subject, SUBJECT_REFUSED);
	else
		note_snapshot(watch, subject, false);
}

/* Too much happened at once: what is there now is looked at instead. */
static void take_stock(struct watch *watch)
{
	struct gathering gathering = { 0 };

	roll_walk(&watch->roll, gather, &gathering);
	for (size_t i = 0; i < gathering.pids.count; i++)
		note_now(watch, roll_find(&watch->roll, gathering.pids.list[i]));
	if (gathering.error)
		trouble(TROUBLE_ROUND, "cannot look at all again: %s", strerror(-gathering.error));
	pids_free(&gathering.pids);
}

static void take(struct watch *watch, const struct mapsnap_event *event, uint64_t now)
{
	struct subject *subject = roll_find(&watch->roll, event->pid);

	tally_event(&watch->tally, event->type);
	if (event->type == MAPSNAP_EVENT_LOST)
		take_stock(watch);
	if (!subject)
		return;
	switch (event->type) {
	case MAPSNAP_EVENT_ADDED:
		note_snapshot(watch, subject, false);
		break;
	case MAPSNAP_EVENT_CHANGED:
		note_snapshot(watch, subject, true);
		break;
	case MAPSNAP_EVENT_EXEC:
	case MAPSNAP_EVENT_REUSED:
		note_program(watch, subject, now);
		break;
	case MAPSNAP_EVENT_UNREADABLE:
		roll_change_state(&watch->roll, subject, SUBJECT_REFUSED);
		break;
	case MAPSNAP_EVENT_EXITED:
		note_end(watch, subject);
		break;
	case MAPSNAP_EVENT_REMOVED:
		/* Unless it has come back since. */
		if (has_left(watch, event->pid))
			news_drop(event->pid, watch);
		break;
	default:
		break;
	}
}

void news_take(struct watch *watch, uint64_t now)
{
	struct mapsnap_event events[AT_ONCE];
	size_t n;

	do {
		n = mapsnap_table_events(watch->table, &watch->cursor, events, AT_ONCE);
		for (size_t i = 0; i < n; i++)
			take(watch, &events[i], now);
	} while (n == AT_ONCE);
}
