/* SPDX-License-Identifier: BSD-2-Clause */
#include "change_line.h"

#include <string.h>

#include "clock.h"
#include "json.h"

static struct object begin(const char *event, const struct cursor *cursor)
{
	struct object object = object_new();
	char text[CURSOR_SIZE];

	add_string(&object, "event", event);
	if (cursor->event)
		add_string(&object, "cursor", cursor_print(cursor, text));
	else
		add_null(&object, "cursor");
	return object;
}

void change_line_mark(struct writer *writer, const char *event, const struct cursor *cursor,
		      const char *reason)
{
	struct object object = begin(event, cursor);

	add_decimal(&object, "time_ns", now_ns(), true);
	if (reason)
		add_string(&object, "reason", reason);
	object_print_line(&object, writer);
}

static struct object begin_process(const struct cursor *cursor, const struct mapsnap_event *event)
{
	struct object object = begin(mapsnap_event_name(event->type), cursor);

	add_decimal(&object, "time_ns", event->time_ns, true);
	add_integer(&object, "pid", (uint32_t)event->pid);
	add_decimal(&object, "start_time", event->start_time, true);
	return object;
}

void change_line_event(struct writer *writer, const struct cursor *cursor,
		       const struct mapsnap_event *event, const char *why)
{
	struct object object = begin_process(cursor, event);

	if (why)
		add_string(&object, "error", why);
	object_print_line(&object, writer);
}

/* The rest of the line is written a piece at a time: as one tree it would take too much. */
static void leave_open(struct object *object, struct writer *writer)
{
	object_print(object, writer, strlen("}"));
}

void change_line_snapshot(struct writer *writer, const struct cursor *cursor,
			  const struct mapsnap_event *event, uint64_t revision,
			  struct mapsnap *snapshot)
{
	struct object object = begin_process(cursor, event);
	struct capture capture = { .snapshot = snapshot,
				   .info = *mapsnap_info(snapshot),
				   .selection = SELECTION_ALL };

	add_decimal(&object, "revision", revision, true);
	leave_open(&object, writer);
	writer_string(writer, ",\"snapshot\":");
	json_write_line(writer, &capture);
	/* In place of the end of its line. */
	if (!writer->error)
		writer->used--;
	writer_string(writer, "}\n");
}

static void write_changes(struct writer *writer, struct mapsnap_diff *changes)
{
	struct mapsnap_change change;

	for (size_t i = 0; mapsnap_diff_next(changes, &change); i++) {
		struct object object = object_new();

		json_add_mapping_or_null(&object, "before", change.before);
		json_add_mapping_or_null(&object, "after", change.after);
		writer_string(writer, i ? "," : "");
		object_print(&object, writer, 0);
	}
}

void change_line_step(struct writer *writer, const struct cursor *cursor,
		      const struct mapsnap_event *event, struct mapsnap_step *step)
{
	struct object object = begin_process(cursor, event);

	add_decimal(&object, "revision", step->revision, true);
	json_add_label(&object, mapsnap_info(step->after));
	/* Otherwise something may have come and gone in between. */
	add_boolean(&object, "gapless", step->changes.flags & MAPSNAP_DIFF_TOUCHED);
	leave_open(&object, writer);
	writer_string(writer, ",\"changes\":[");
	write_changes(writer, &step->changes);
	writer_string(writer, "]}\n");
}
