/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

#include "writer.h"

struct capture *captures_add(struct captures *captures, struct mapsnap *snapshot, char *command)
{
	struct capture *list =
		reallocarray(captures->list, captures->count + 1, sizeof(*captures->list));
	struct capture *new;

	if (!list) {
		mapsnap_unref(snapshot);
		free(command);
		return NULL;
	}
	captures->list = list;
	new = &list[captures->count++];
	*new = (struct capture){
		.snapshot = snapshot,
		.info = *mapsnap_info(snapshot),
		.selection = SELECTION_ALL,
		.command = command,
	};
	return new;
}

void captures_free(struct captures *captures)
{
	for (size_t i = 0; i < captures->count; i++) {
		mapsnap_unref(captures->list[i].snapshot);
		build_ids_free(&captures->list[i].build_ids);
		free(captures->list[i].command);
	}
	free(captures->list);
	*captures = (struct captures){ 0 };
}

struct capture_walk capture_walk(const struct capture *capture)
{
	return (struct capture_walk){
		.walk = { .snapshot = capture->snapshot },
		.selection = &capture->selection,
	};
}

const struct mapsnap_mapping *capture_walk_next(struct capture_walk *walk)
{
	const struct mapsnap_mapping *mapping;

	do {
		mapping = mapsnap_walk_next(&walk->walk);
		walk->number++;
	} while (mapping && !selection_has(walk->selection, mapping));
	return mapping;
}

int capture_shown(const struct capture *capture, struct mapsnap **shown)
{
	struct capture_walk walk = capture_walk(capture);
	const struct mapsnap_mapping *mapping;
	struct writer text = { .fd = -1 };
	int error;

	if (selection_is_all(&capture->selection)) {
		*shown = mapsnap_ref(capture->snapshot);
		return 0;
	}
	while ((mapping = capture_walk_next(&walk)))
		writer_mapping(&text, mapping);
	error = text.error;
	if (!error)
		error = mapsnap_parse(text.used ? text.buffer : "", text.used, shown, NULL);
	writer_free(&text);
	return error;
}

bool is_consistent(const struct mapsnap_info *info)
{
	return info->consistency >= MAPSNAP_VERIFIED;
}

const char *capture_subject(const struct capture *capture, char *buffer, size_t size)
{
	const char *origin = capture->origin ? capture->origin : "";
	int pid = capture->info.pid;

	if (pid)
		snprintf(buffer, size, "%s%sPID %d", origin, *origin ? ": " : "", pid);
	else
		snprintf(buffer, size, "%s", origin);
	return buffer;
}
