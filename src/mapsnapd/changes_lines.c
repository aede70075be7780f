/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines, for which there is room, and that they were told. */
#include "admission.h"
#include "change_line.h"
#include "changes_parts.h"
#include "clock.h"
#include "trouble.h"

struct body *changes_keep(struct changes *changes, struct writer *writer, struct body_key key)
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

struct body *changes_mark(struct changes *changes, const char *event, const struct cursor *cursor,
			  const char *reason)
{
	struct writer writer = { .fd = -1 };

	change_line_mark(&writer, event, cursor, reason);
	return changes_keep(changes, &writer, (struct body_key){ BODY_OWN });
}

static bool has_room(const struct changes *changes, size_t mappings)
{
	return admission_has_room(&changes->request, mappings * BYTES_OF_MAPPING);
}

bool changes_too_large(const struct changes *changes, size_t size)
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
	return note(changes, changes_keep(changes, &writer, (struct body_key){ BODY_OWN }),
		    (struct told_process){ .pid = event->pid,
					   .unreadable = true,
					   .start_time = event->start_time,
					   .revision = revision });
}

struct body *changes_tell_snapshot(struct changes *changes, const struct cursor *cursor,
				   const struct mapsnap_event *event, uint64_t revision,
				   struct mapsnap *snapshot)
{
	size_t mappings = mapsnap_count(snapshot);
	struct writer writer = { .fd = -1 };

	if (changes_too_large(changes, mappings * BYTES_OF_MAPPING))
		return tell_too_large(changes, cursor, event, revision);
	if (!has_room(changes, mappings))
		return NULL;
	change_line_snapshot(&writer, cursor, event, revision, snapshot);
	if (changes_too_large(changes, writer.used)) {
		writer_free(&writer);
		return tell_too_large(changes, cursor, event, revision);
	}
	return note(changes, changes_keep(changes, &writer, (struct body_key){ BODY_OWN }),
		    (struct told_process){ .pid = event->pid,
					   .start_time = event->start_time,
					   .revision = revision });
}

struct body *changes_tell_step(struct changes *changes, struct mapsnap_step *step)
{
	const struct mapsnap_event *event = &changes->event;
	struct cursor cursor = cursor_of(changes);
	/* Who may not read everything is told only what they were judged for. */
	struct body_key key = { changes->everything ? BODY_EVENT : BODY_OWN, changes->cursor };
	struct body *body = bodies_find(&changes->request.service->bodies, key);
	struct writer writer = { .fd = -1 };

	if (!body && has_room(changes, 1)) {
		change_line_step(&writer, &cursor, event, step);
		if (changes_too_large(changes, writer.used)) {
			writer_free(&writer);
			return changes_tell_snapshot(changes, &cursor, event, step->revision,
						     step->after);
		}
		body = changes_keep(changes, &writer, key);
	}
	return note(changes, body,
		    (struct told_process){ .pid = event->pid,
					   .start_time = event->start_time,
					   .revision = step->revision });
}
