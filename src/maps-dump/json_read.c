/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every mapping is written as a line of text and read by mapsnap_parse(), so
 * that a document is held to the same rules as the kernel's own text; what
 * comes back is then compared with what the document said.
 */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json_lines.h"

bool json_detect(const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n'))
		text++;
	return text < end && *text == '{';
}

static uint16_t read_permissions(struct place *place, struct json_object *json)
{
	static const char set[] = "rwxs", clear[] = "---p";
	const char *string = member_string(place, json, "permissions");
	bool exact = strlen(string) == 4;
	uint16_t permissions = 0;

	for (int i = 0; i < 4 && exact; i++) {
		exact = string[i] == set[i] || string[i] == clear[i];
		if (string[i] == set[i])
			permissions |= (uint16_t)(MAPSNAP_READ << i);
	}
	if (!exact)
		place_bad(place, "permissions", "must be like \"r-xp\"");
	return permissions;
}

/* kind and deleted follow from the rest; they are read to be compared. */
static void read_mapping(struct place *place, struct json_object *json,
			 struct mapsnap_mapping *mapping)
{
	struct mapsnap_mapping m = {
		.start = member_hex(place, json, "start"),
		.end = member_hex(place, json, "end"),
		.permissions = read_permissions(place, json),
		.offset = member_hex(place, json, "offset"),
		.device_major = member_integer(place, json, "device_major", UINT32_MAX),
		.device_minor = member_integer(place, json, "device_minor", UINT32_MAX),
		.inode = member_decimal(place, json, "inode"),
		.name = member_bytes(place, json, "name", "name_base64"),
		.kind = (uint8_t)member_word(place, json, "kind", mapsnap_kind_name),
		.flags = member_boolean(place, json, "deleted") ? MAPSNAP_DELETED : 0,
	};

	if (strchr(m.name, '\n'))
		place_bad(place, "name", "has a newline, which maps writes as \\012");
	m.name_length = (uint32_t)strlen(m.name);
	m.path = m.name;
	*mapping = m;
}

static bool same_fields(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->start == b->start && a->end == b->end && a->permissions == b->permissions &&
	       a->offset == b->offset && a->device_major == b->device_major &&
	       a->device_minor == b->device_minor && a->inode == b->inode &&
	       strcmp(a->name, b->name) == 0;
}

static void compare(struct place *place, const struct mapsnap_mapping *said,
		    const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *parsed;

	for (size_t i = 0; (parsed = mapsnap_walk_next(&walk)) && !place->error; i++) {
		place->mapping = (ptrdiff_t)i;
		if (!same_fields(&said[i], parsed))
			place_bad(place, "", "the kernel writes no such mapping");
		if (said[i].kind != parsed->kind)
			place_bad(place, "kind", "does not belong to this name");
		if (said[i].flags != (parsed->flags & MAPSNAP_DELETED))
			place_bad(place, "deleted", "does not belong to this name");
	}
}

/* NULL after an error. */
static struct mapsnap *parse(struct place *place, const struct mapsnap_mapping *mappings,
			     size_t count)
{
	struct writer text = { .fd = -1 };
	struct mapsnap *snapshot = NULL;
	size_t line = 0;

	for (size_t i = 0; i < count; i++)
		writer_mapping(&text, &mappings[i]);
	place->error = text.error;
	if (!place->error)
		place->error =
			mapsnap_parse(text.used ? text.buffer : "", text.used, &snapshot, &line);
	writer_free(&text);
	if (place->error == -EBADMSG) {
		place->error = 0;
		place->mapping = (ptrdiff_t)line - 1;
		place_bad(place, "", "the kernel writes no such mapping");
	}
	if (!place->error)
		compare(place, mappings, snapshot);
	if (!place->error)
		return snapshot;
	mapsnap_unref(snapshot);
	return NULL;
}

/* NULL after an error. */
static struct mapsnap *read_mappings(struct place *place, struct json_object *json)
{
	size_t count;
	struct json_object *array = member_array(place, json, "mappings", &count);
	struct mapsnap_mapping *mappings = calloc(count + 1, sizeof(*mappings));
	struct mapsnap *snapshot = NULL;

	if (!mappings)
		place->error = -ENOMEM;
	for (size_t i = 0; i < count && !place->error; i++) {
		place->mapping = (ptrdiff_t)i;
		read_mapping(place, json_object_array_get_idx(array, i), &mappings[i]);
	}
	if (!place->error)
		snapshot = parse(place, mappings, count);
	free(mappings);
	return snapshot;
}

/* 0 where it is not known. */
static int32_t read_pid(struct place *place, struct json_object *json)
{
	int32_t pid;

	if (member_is_null(json, "pid"))
		return 0;
	pid = (int32_t)member_integer(place, json, "pid", INT32_MAX);
	if (pid == 0)
		place_bad(place, "pid", "is out of range");
	return pid;
}

static struct mapsnap_info read_info(struct place *place, struct json_object *json)
{
	return (struct mapsnap_info){
		.pid = read_pid(place, json),
		.start_time = member_decimal_or_null(place, json, "start_time"),
		.consistency = member_word(place, json, "consistency", mapsnap_consistency_name),
		.reason = member_word(place, json, "reason", mapsnap_reason_text),
		.source = member_word(place, json, "source", mapsnap_source_name),
		.route = member_word(place, json, "route", mapsnap_route_name),
		.attempts = member_integer(place, json, "attempts", UINT32_MAX),
		.deltas = member_integer(place, json, "deltas", UINT32_MAX),
		.overflows = member_integer(place, json, "overflows", UINT32_MAX),
		.begin_ns = member_decimal_or_null(place, json, "begin_ns"),
		.end_ns = member_decimal_or_null(place, json, "end_ns"),
		.sequence = member_decimal_or_null(place, json, "sequence"),
		.pause_ns = member_decimal_if_there(place, json, "pause_ns"),
	};
}

/* For free(); NULL where it is not known. */
static char *read_command(struct place *place, struct json_object *json)
{
	char *command;

	if (member_is_null(json, "command"))
		return NULL;
	command = strdup(member_bytes(place, json, "command", "command_base64"));
	if (!command)
		place->error = -ENOMEM;
	return command;
}

static struct selection read_selection(struct place *place, struct json_object *json)
{
	struct json_object *filter;

	if (member_is_null(json, "filter"))
		return SELECTION_ALL;
	filter = member_object(place, json, "filter");
	return (struct selection){
		.executable = member_boolean(place, filter, "executable"),
		.file = member_boolean(place, filter, "file"),
		.deleted = member_boolean(place, filter, "deleted"),
		.start = member_hex(place, filter, "start"),
		.last = member_hex(place, filter, "last"),
	};
}

static void read_snapshot(struct place *place, struct json_object *json, struct captures *captures)
{
	struct mapsnap_info info = read_info(place, json);
	struct selection selection = read_selection(place, json);
	char *command = read_command(place, json);
	struct mapsnap *snapshot = place->error ? NULL : read_mappings(place, json);
	struct capture *capture;

	if (!snapshot) {
		free(command);
		return;
	}
	capture = captures_add(captures, snapshot, command);
	if (!capture) {
		place->error = -ENOMEM;
		return;
	}
	capture->info = info;
	capture->selection = selection;
}

static void read_snapshots(struct place *place, struct json_object *json, struct captures *captures)
{
	size_t count;
	struct json_object *snapshots = member_array(place, json, "snapshots", &count);

	for (size_t i = 0; i < count && !place->error; i++) {
		place->snapshot = (ptrdiff_t)captures->count;
		place->mapping = -1;
		read_snapshot(place, json_object_array_get_idx(snapshots, i), captures);
	}
}

/* Of several captures, or of one. */
static void read_document(struct place *place, struct json_object *json, struct captures *captures)
{
	place->snapshot = place->mapping = -1;
	if (strcmp(member_string(place, json, "format"), JSON_FORMAT) != 0)
		place_bad(place, "format", "must be \"" JSON_FORMAT "\"");
	if (member_integer(place, json, "version", UINT32_MAX) != JSON_VERSION)
		place_bad(place, "version", "is of another maps-dump: this one reads 1");
	if (place->error)
		return;
	if (!json_object_object_get_ex(json, "mappings", NULL)) {
		read_snapshots(place, json, captures);
		return;
	}
	place->snapshot = (ptrdiff_t)captures->count;
	read_snapshot(place, json, captures);
}

static void take(struct place *place, struct json_object *json, void *context)
{
	read_document(place, json, context);
}

int json_read(const char *text, size_t length, struct captures *captures, char *error,
	      size_t error_size)
{
	return json_lines_read(text, length, take, captures, error, error_size);
}
