/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A document is written a mapping at a time: as one tree of objects, a million
 * mappings would take a gigabyte.
 */
#include "json.h"

#include <string.h>

#include "mapping.h"

void json_add_mapping(struct object *object, const struct mapsnap_mapping *m)
{
	char permissions[PERMISSIONS_SIZE];

	add_hex(object, "start", m->start);
	add_hex(object, "end", m->end);
	add_string(object, "permissions", format_permissions(m, permissions));
	add_hex(object, "offset", m->offset);
	add_integer(object, "device_major", m->device_major);
	add_integer(object, "device_minor", m->device_minor);
	add_decimal(object, "inode", m->inode, true);
	add_bytes(object, "name", "name_base64", m->name);
	add_string(object, "kind", mapsnap_kind_name(m->kind));
	add_boolean(object, "deleted", m->flags & MAPSNAP_DELETED);
}

void json_add_mapping_or_null(struct object *object, const char *key,
			      const struct mapsnap_mapping *m)
{
	struct object mapping;

	if (!m) {
		add_null(object, key);
		return;
	}
	mapping = object_new();
	json_add_mapping(&mapping, m);
	add_object(object, key, mapping);
}

void json_add_process(struct object *object, const struct capture *capture)
{
	const struct mapsnap_info *info = &capture->info;

	if (info->pid)
		add_integer(object, "pid", (uint32_t)info->pid);
	else
		add_null(object, "pid");
	add_decimal(object, "start_time", info->start_time, info->start_time != 0);
	if (capture->command)
		add_bytes(object, "command", "command_base64", capture->command);
	else
		add_null(object, "command");
}

void json_add_label(struct object *object, const struct mapsnap_info *info)
{
	bool by_sequence =
		info->reason == MAPSNAP_REASON_UNCHANGED || info->reason == MAPSNAP_REASON_HELD;

	add_string(object, "consistency", mapsnap_consistency_name(info->consistency));
	add_string(object, "reason", mapsnap_reason_text(info->reason));
	add_string(object, "source", mapsnap_source_name(info->source));
	add_decimal(object, "sequence", info->sequence, by_sequence);
}

static void add_effort(struct object *object, const struct mapsnap_info *info)
{
	bool was_live = info->end_ns != 0;

	add_string(object, "route", mapsnap_route_name(info->route));
	add_integer(object, "attempts", info->attempts);
	add_integer(object, "deltas", info->deltas);
	add_integer(object, "overflows", info->overflows);
	add_decimal(object, "begin_ns", info->begin_ns, was_live);
	add_decimal(object, "end_ns", info->end_ns, was_live);
	if (info->pause_ns)
		add_decimal(object, "pause_ns", info->pause_ns, true);
}

/* What is left out must not be taken for what is not mapped. */
static void add_selection(struct object *object, const struct selection *selection)
{
	struct object filter;

	if (selection_is_all(selection)) {
		add_null(object, "filter");
		return;
	}
	filter = object_new();
	add_boolean(&filter, "executable", selection->executable);
	add_boolean(&filter, "file", selection->file);
	add_boolean(&filter, "deleted", selection->deleted);
	add_hex(&filter, "start", selection->start);
	add_hex(&filter, "last", selection->last);
	add_object(object, "filter", filter);
}

static void write_mapping(struct writer *writer, const struct mapsnap_mapping *m)
{
	struct object object = object_new();

	json_add_mapping(&object, m);
	object_print(&object, writer, 0);
}

/* Its members, without the brace that ends it. */
static void write_snapshot(struct writer *writer, struct object *object,
			   const struct capture *capture, const char *separator)
{
	struct capture_walk walk = capture_walk(capture);
	const struct mapsnap_mapping *mapping;

	json_add_process(object, capture);
	json_add_label(object, &capture->info);
	add_effort(object, &capture->info);
	add_selection(object, &capture->selection);
	object_print(object, writer, strlen("}"));
	writer_string(writer, ",\"mappings\":[");
	for (size_t i = 0; (mapping = capture_walk_next(&walk)); i++) {
		writer_string(writer, i ? "," : "");
		writer_string(writer, separator);
		write_mapping(writer, mapping);
	}
	writer_string(writer, "]");
}

void json_write_begin(struct writer *writer)
{
	writer_printf(writer, "{\"format\":\"%s\",\"version\":%d,\"snapshots\":[", JSON_FORMAT,
		      JSON_VERSION);
}

void json_write_capture(struct writer *writer, const struct capture *capture, bool first)
{
	struct object object = object_new();

	writer_string(writer, first ? "\n" : ",\n");
	write_snapshot(writer, &object, capture, "\n");
	writer_string(writer, "}");
}

void json_write_end(struct writer *writer)
{
	writer_string(writer, "]}\n");
}

void json_write_line(struct writer *writer, const struct capture *capture)
{
	struct object object = object_new();

	add_string(&object, "format", JSON_FORMAT);
	add_integer(&object, "version", JSON_VERSION);
	write_snapshot(writer, &object, capture, "");
	writer_string(writer, "}\n");
}
