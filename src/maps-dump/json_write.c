/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A document is written a mapping at a time: as one tree of objects, a million
 * mappings would take a gigabyte. Each object is built and printed by json-c.
 */
#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

/* An object in the making. failed: out of memory; then it is not printed. */
struct object {
	struct json_object *json;
	bool failed;
};

static void add_value(struct object *object, const char *key, struct json_object *value)
{
	unsigned int options = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY;

	if (!value || json_object_object_add_ex(object->json, key, value, options) < 0) {
		json_object_put(value);
		object->failed = true;
	}
}

static void add_null(struct object *object, const char *key)
{
	if (json_object_object_add(object->json, key, NULL) < 0)
		object->failed = true;
}

static void add_string(struct object *object, const char *key, const char *string)
{
	add_value(object, key, string ? json_object_new_string(string) : NULL);
}

static void add_integer(struct object *object, const char *key, uint32_t value)
{
	add_value(object, key, json_object_new_int64(value));
}

/* Strings, since many readers of JSON keep only 53 bits of a number. */
static void add_hex(struct object *object, const char *key, uint64_t value)
{
	char string[sizeof("0x") + 16];

	snprintf(string, sizeof(string), "0x%" PRIx64, value);
	add_string(object, key, string);
}

static void add_decimal(struct object *object, const char *key, uint64_t value, bool known)
{
	char string[sizeof("18446744073709551615")];

	snprintf(string, sizeof(string), "%" PRIu64, value);
	if (known)
		add_string(object, key, string);
	else
		add_null(object, key);
}

/* As a string if it is one; otherwise readable there and exact beside it. */
static void add_bytes(struct object *object, const char *key, const char *exact_key,
		      const char *bytes)
{
	size_t length = strlen(bytes);
	char *string;

	if (utf8_valid_length(bytes, length) == length) {
		add_string(object, key, bytes);
		return;
	}
	string = utf8_replaced(bytes, length);
	add_string(object, key, string);
	free(string);
	string = base64_encoded(bytes, length);
	add_string(object, exact_key, string);
	free(string);
}

static struct object object_new(void)
{
	struct json_object *json = json_object_new_object();

	return (struct object){ .json = json, .failed = !json };
}

/* Prints the object without its last `cut` bytes, and frees it. */
static void object_print(struct object *object, struct writer *writer, size_t cut)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *string = NULL;
	size_t length;

	if (!object->failed)
		string = json_object_to_json_string_length(object->json, flags, &length);
	if (string)
		writer_bytes(writer, string, length - cut);
	else if (!writer->error)
		writer->error = -ENOMEM;
	json_object_put(object->json);
}

static void write_mapping(struct writer *writer, const struct mapsnap_mapping *m)
{
	char permissions[] = { m->permissions & MAPSNAP_READ ? 'r' : '-',
			       m->permissions & MAPSNAP_WRITE ? 'w' : '-',
			       m->permissions & MAPSNAP_EXECUTE ? 'x' : '-',
			       m->permissions & MAPSNAP_SHARED ? 's' : 'p', '\0' };
	struct object object = object_new();

	if (object.json) {
		add_hex(&object, "start", m->start);
		add_hex(&object, "end", m->end);
		add_string(&object, "permissions", permissions);
		add_hex(&object, "offset", m->offset);
		add_integer(&object, "device_major", m->device_major);
		add_integer(&object, "device_minor", m->device_minor);
		add_decimal(&object, "inode", m->inode, true);
		add_bytes(&object, "name", "name_base64", m->name);
		add_string(&object, "kind", mapsnap_kind_name(m->kind));
		add_value(&object, "deleted", json_object_new_boolean(m->flags & MAPSNAP_DELETED));
	}
	object_print(&object, writer, 0);
}

/* A capture without its mappings. */
static void write_description(struct writer *writer, const struct capture *capture)
{
	const struct mapsnap_info *info = &capture->info;
	bool was_live = info->end_ns != 0;
	bool by_sequence =
		info->reason == MAPSNAP_REASON_UNCHANGED || info->reason == MAPSNAP_REASON_HELD;
	struct object object = object_new();

	if (object.json) {
		if (info->pid)
			add_integer(&object, "pid", (uint32_t)info->pid);
		else
			add_null(&object, "pid");
		add_decimal(&object, "start_time", info->start_time, info->start_time != 0);
		if (capture->command)
			add_bytes(&object, "command", "command_base64", capture->command);
		else
			add_null(&object, "command");
		add_string(&object, "consistency", mapsnap_consistency_name(info->consistency));
		add_string(&object, "reason", mapsnap_reason_text(info->reason));
		add_string(&object, "source", mapsnap_source_name(info->source));
		add_string(&object, "route", mapsnap_route_name(info->route));
		add_integer(&object, "attempts", info->attempts);
		add_decimal(&object, "begin_ns", info->begin_ns, was_live);
		add_decimal(&object, "end_ns", info->end_ns, was_live);
		add_decimal(&object, "sequence", info->sequence, by_sequence);
	}
	object_print(&object, writer, strlen("}"));
}

void json_write_begin(struct writer *writer)
{
	writer_printf(writer, "{\"format\":\"%s\",\"version\":%d,\"snapshots\":[", JSON_FORMAT,
		      JSON_VERSION);
}

void json_write_capture(struct writer *writer, const struct capture *capture, bool first)
{
	struct mapsnap_walk walk = { .snapshot = capture->snapshot };
	const struct mapsnap_mapping *mapping;
	const char *separator = "\n";

	writer_string(writer, first ? "\n" : ",\n");
	write_description(writer, capture);
	writer_string(writer, ",\"mappings\":[");
	while ((mapping = mapsnap_walk_next(&walk))) {
		writer_string(writer, separator);
		write_mapping(writer, mapping);
		separator = ",\n";
	}
	writer_string(writer, "]}");
}

void json_write_end(struct writer *writer)
{
	writer_string(writer, "]}\n");
}
