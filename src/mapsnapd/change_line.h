/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of what changes, as JSON. */
#ifndef CHANGE_LINE_H
#define CHANGE_LINE_H

#include "cursor.h"
#include "mapsnap-table.h"
#include "writer.h"

/* "resync", "current", "alive": of no single process. reason: a sentence, or NULL. */
void change_line_mark(struct writer *writer, const char *event, const struct cursor *cursor,
		      const char *reason);

/* What became of a process, without its mappings. why: a sentence, or NULL. */
void change_line_event(struct writer *writer, const struct cursor *cursor,
		       const struct mapsnap_event *event, const char *why);

/* All of its mappings. */
void change_line_snapshot(struct writer *writer, const struct cursor *cursor,
			  const struct mapsnap_event *event, uint64_t revision,
			  struct mapsnap *snapshot);

/* What differs from the snapshot before. */
void change_line_step(struct writer *writer, const struct cursor *cursor,
		      const struct mapsnap_event *event, struct mapsnap_step *step);

#endif
