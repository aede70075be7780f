/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of a stream of changes share; for these alone. */
#ifndef CHANGES_PARTS_H
#define CHANGES_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bodies.h"
#include "changes.h"
#include "cursor.h"
#include "json.h"
#include "request.h"
#include "told.h"

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

static inline struct mapsnap_table *table_of(const struct changes *changes)
{
	return changes->request.service->watch.table;
}

static inline uint64_t round_of(const struct changes *changes)
{
	return tally_of(&changes->request.service->watch.tally.rounds);
}

static inline struct cursor cursor_of(const struct changes *changes)
{
	/* From 1 on: 0 is nowhere. */
	return (struct cursor){ changes->request.service->instance, changes->cursor + 1 };
}

/* ---- changes_lines.c: each returns NULL where there is no room just now */

/* What was written. */
struct body *changes_keep(struct changes *changes, struct writer *writer, struct body_key key);

/* A line of no process. */
struct body *changes_mark(struct changes *changes, const char *event, const struct cursor *cursor,
			  const char *reason);

/* All mappings, or that they are too many to be ever told. */
struct body *changes_tell_snapshot(struct changes *changes, const struct cursor *cursor,
				   const struct mapsnap_event *event, uint64_t revision,
				   struct mapsnap *snapshot);

/* What differs, for the event. */
struct body *changes_tell_step(struct changes *changes, struct mapsnap_step *step);

/* Whether so many bytes can never have room. */
bool changes_too_large(const struct changes *changes, size_t size);

/* ---- changes_all.c */

/* Behind all that has happened. */
uint64_t changes_end_of_events(const struct changes *changes);

void changes_begin_with_all(struct changes *changes, const char *reason);
struct body *changes_tell_resync(struct changes *changes);

/* The next one, and in the end that it was all. */
struct body *changes_tell_processes(struct changes *changes);

/* ---- changes_event.c */

/* NULL with *passed: of this one there is nothing to tell to this client. */
struct body *changes_tell_event(struct changes *changes, bool *passed);

#endif
