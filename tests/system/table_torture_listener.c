/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_listener.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "die.h"
#include "timing.h"

#define BETWEEN_LOOKS 2000000u /* ns */
#define AT_ONCE       64

void table_listener_hear(struct table_listener *listener)
{
	size_t n;

	do {
		if (listener->room < listener->count + AT_ONCE) {
			listener->room = 2 * listener->room + AT_ONCE;
			listener->events = reallocarray(listener->events, listener->room,
							sizeof(*listener->events));
			errno = 0;
			if (!listener->events)
				die("no memory for the events");
		}
		n = mapsnap_table_events(listener->run->table, &listener->cursor,
					 listener->events + listener->count, AT_ONCE);
		listener->count += n;
	} while (n == AT_ONCE);
}

void *table_listener_run(void *argument)
{
	struct table_listener *listener = argument;

	while (!atomic_load(&listener->run->over)) {
		table_listener_hear(listener);
		timing_sleep(BETWEEN_LOOKS);
	}
	return NULL;
}

void table_listener_free(struct table_listener *listener)
{
	free(listener->events);
}

/* What was told last of a process. */
struct state {
	bool in, ended;
	uint64_t start_time;
	uint64_t revision;
};

static bool may_be(const struct cast_part *part, uint32_t type)
{
	const struct invariant *invariant = part->invariant;

	switch (type) {
	case MAPSNAP_EVENT_EXEC:
		return invariant->spaces != 1;
	case MAPSNAP_EVENT_EXITED:
		return invariant->spaces != 0 && !(invariant->stays && part->seat == 0);
	case MAPSNAP_EVENT_REUSED:
		return invariant->reuses;
	default:
		return true;
	}
}

/* Upon what came before. */
static bool follows(const struct state *state, const struct mapsnap_event *event)
{
	bool same = event->start_time == state->start_time;

	if (event->revision && event->revision < state->revision)
		return false;
	switch (event->type) {
	case MAPSNAP_EVENT_ADDED:
		return !state->in && event->revision;
	case MAPSNAP_EVENT_CHANGED:
		return state->in && !state->ended && same && event->revision > state->revision;
	case MAPSNAP_EVENT_EXEC:
		return state->in && !state->ended && same;
	case MAPSNAP_EVENT_EXITED:
		return state->in && (!state->ended || !same);
	case MAPSNAP_EVENT_REUSED:
		return state->in && state->ended && !same;
	case MAPSNAP_EVENT_UNREADABLE:
		return state->in && !state->ended && event->error == -EAGAIN;
	case MAPSNAP_EVENT_REMOVED:
		return state->in;
	default:
		return false;
	}
}

static void go_on(struct state *state, const struct mapsnap_event *event)
{
	state->in = event->type != MAPSNAP_EVENT_REMOVED;
	state->ended = event->type == MAPSNAP_EVENT_EXITED;
	state->start_time = event->start_time;
	if (event->revision)
		state->revision = event->revision;
}

static void count(struct table_tally *tally, const struct mapsnap_event *event)
{
	tally->execs += event->type == MAPSNAP_EVENT_EXEC;
	tally->exits += event->type == MAPSNAP_EVENT_EXITED;
	tally->reuses += event->type == MAPSNAP_EVENT_REUSED;
}

static void check_process(struct table_listener *listener, const struct table_pid *pid)
{
	const char *mode = cast_mode(&listener->run->cast, pid->part);
	struct state state = { 0 };

	for (size_t i = 0; i < listener->count; i++) {
		const struct mapsnap_event *event = &listener->events[i];

		if (event->pid != pid->pid || event->type == MAPSNAP_EVENT_LOST)
			continue;
		if (!may_be(pid->part, event->type) || !follows(&state, event))
			table_wrong(&listener->tally,
				    "%s: event %s of revision %" PRIu64 ", start time %" PRIu64
				    " after revision %" PRIu64 ", start time %" PRIu64 "%s",
				    mode, mapsnap_event_name(event->type), event->revision,
				    event->start_time, state.revision, state.start_time,
				    state.ended ? ", which had ended" : "");
		go_on(&state, event);
		count(&listener->tally, event);
	}
}

void table_listener_check_events(struct table_listener *listener,
				 const struct table_writer *manager)
{
	for (size_t i = 0; i < manager->count; i++)
		check_process(listener, &manager->pids[i]);
	for (size_t i = 0; i < listener->count; i++)
		if (listener->events[i].type == MAPSNAP_EVENT_LOST)
			table_wrong(&listener->tally, "%" PRIu64 " events were lost",
				    listener->events[i].revision);
}

/* The event that told of this snapshot; NULL: none did. */
static const struct mapsnap_event *event_of(const struct table_listener *listener, pid_t pid,
					    uint64_t revision)
{
	for (size_t i = 0; i < listener->count; i++)
		if (listener->events[i].pid == pid && listener->events[i].revision == revision)
			return &listener->events[i];
	return NULL;
}

/* Which events were told from one snapshot to a later one, a bit each. */
static uint32_t types_between(const struct mapsnap_event *first, const struct mapsnap_event *last)
{
	uint32_t types = 0;

	for (const struct mapsnap_event *event = first + 1; event <= last; event++)
		if (event->pid == first->pid)
			types |= 1u << event->type;
	return types;
}

/* Another program takes an event that says how it came about, and the same one takes none. */
static bool tell(uint32_t types, const struct table_note *from, const struct table_note *to)
{
	const struct invariant *invariant = from->part->invariant;
	uint32_t exec = 1u << MAPSNAP_EVENT_EXEC, reused = 1u << MAPSNAP_EVENT_REUSED;

	if (types & 1u << MAPSNAP_EVENT_ADDED)
		return true;
	if (from->number == to->number)
		return (types & (exec | reused)) == 0;
	if (invariant_last(invariant, from->number) == invariant_last(invariant, to->number))
		return types & exec && !(types & reused);
	return types & reused;
}

static void check_pair(struct table_listener *listener, const struct table_note *from,
		       const struct table_note *to)
{
	const struct mapsnap_event *first = event_of(listener, from->pid, from->revision);
	const struct mapsnap_event *last = event_of(listener, to->pid, to->revision);

	if (!first || !last)
		table_wrong(&listener->tally, "%s: no event tells of revision %" PRIu64,
			    cast_mode(&listener->run->cast, from->part),
			    first ? to->revision : from->revision);
	else if (last > first && !tell(types_between(first, last), from, to))
		table_wrong(&listener->tally,
			    "%s: from address space %" PRIu64 " to %" PRIu64
			    " the events were %" PRIx32,
			    cast_mode(&listener->run->cast, from->part), from->number / 2,
			    to->number / 2, types_between(first, last));
}

void table_listener_check_notes(struct table_listener *listener,
				const struct table_resolver *resolver)
{
	const struct table_note *last[CAST_MOST_PARTS] = { 0 };

	for (size_t i = 0; i < resolver->noted; i++) {
		const struct table_note *note = &resolver->notes[i];
		size_t part = (size_t)(note->part - resolver->run->cast.parts);

		if (last[part] && last[part]->pid == note->pid)
			check_pair(listener, last[part], note);
		last[part] = note;
	}
}
