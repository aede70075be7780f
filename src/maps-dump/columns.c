/* SPDX-License-Identifier: BSD-2-Clause */
#include "columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "mapping.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_start(const struct row *a, const struct row *b)
{
	return compare_numbers(a->mapping->start, b->mapping->start);
}

static int by_end(const struct row *a, const struct row *b)
{
	return compare_numbers(a->mapping->end, b->mapping->end);
}

static uint64_t size_of(const struct row *row)
{
	return row->mapping->end - row->mapping->start;
}

static int by_size(const struct row *a, const struct row *b)
{
	return compare_numbers(size_of(a), size_of(b));
}

static int by_permissions(const struct row *a, const struct row *b)
{
	return compare_numbers(a->mapping->permissions, b->mapping->permissions);
}

static int by_offset(const struct row *a, const struct row *b)
{
	return compare_numbers(a->mapping->offset, b->mapping->offset);
}

static uint64_t device_of(const struct row *row)
{
	return (uint64_t)row->mapping->device_major << 32 | row->mapping->device_minor;
}

static int by_device(const struct row *a, const struct row *b)
{
	return compare_numbers(device_of(a), device_of(b));
}

static int by_inode(const struct row *a, const struct row *b)
{
	return compare_numbers(a->mapping->inode, b->mapping->inode);
}

static int by_kind(const struct row *a, const struct row *b)
{
	return strcmp(mapsnap_kind_name(a->mapping->kind), mapsnap_kind_name(b->mapping->kind));
}

static int by_name(const struct row *a, const struct row *b)
{
	return strcmp(a->mapping->name, b->mapping->name);
}

static int by_path(const struct row *a, const struct row *b)
{
	return strcmp(a->mapping->path, b->mapping->path);
}

static int by_deleted(const struct row *a, const struct row *b)
{
	return compare_numbers(is_deleted_file(a->mapping), is_deleted_file(b->mapping));
}

static int by_build_id(const struct row *a, const struct row *b)
{
	const struct mapsnap_build_id *x = a->build_id, *y = b->build_id;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return memcmp(x->bytes, y->bytes, sizeof(x->bytes));
}

static void write_start(struct writer *writer, const struct row *row)
{
	writer_hex(writer, row->mapping->start);
}

static void write_end(struct writer *writer, const struct row *row)
{
	writer_hex(writer, row->mapping->end);
}

void write_size(struct writer *writer, uint64_t bytes)
{
	writer_decimal(writer, bytes / 1024);
	writer_string(writer, "K");
}

static void write_size_of(struct writer *writer, const struct row *row)
{
	write_size(writer, size_of(row));
}

static void write_permissions(struct writer *writer, const struct row *row)
{
	char permissions[PERMISSIONS_SIZE];

	writer_string(writer, format_permissions(row->mapping, permissions));
}

static void write_offset(struct writer *writer, const struct row *row)
{
	writer_hex(writer, row->mapping->offset);
}

static void write_device(struct writer *writer, const struct row *row)
{
	writer_printf(writer, "%02x:%02x", row->mapping->device_major, row->mapping->device_minor);
}

static void write_inode(struct writer *writer, const struct row *row)
{
	writer_decimal(writer, row->mapping->inode);
}

static void write_kind(struct writer *writer, const struct row *row)
{
	writer_string(writer, mapsnap_kind_name(row->mapping->kind));
}

static void write_name(struct writer *writer, const struct row *row)
{
	writer_printable(writer, row->mapping->name, row->utf8);
}

static void write_path(struct writer *writer, const struct row *row)
{
	writer_printable(writer, row->mapping->path, row->utf8);
}

static void write_deleted(struct writer *writer, const struct row *row)
{
	writer_string(writer, is_deleted_file(row->mapping) ? "deleted" : "-");
}

static void write_build_id(struct writer *writer, const struct row *row)
{
	for (unsigned int i = 0; i < row->build_id->length; i++)
		writer_printf(writer, "%02x", row->build_id->bytes[i]);
	if (row->build_id->length == 0)
		writer_string(writer, "-");
}

static const struct column all[] = {
	{ .name = "start",
	  .heading = "START",
	  .right = true,
	  .write = write_start,
	  .compare = by_start },
	{ .name = "end", .heading = "END", .right = true, .write = write_end, .compare = by_end },
	{ .name = "size",
	  .heading = "SIZE",
	  .right = true,
	  .is_total = true,
	  .write = write_size_of,
	  .compare = by_size },
	{ .name = "perms",
	  .heading = "PERMS",
	  .write = write_permissions,
	  .compare = by_permissions },
	{ .name = "offset",
	  .heading = "OFFSET",
	  .right = true,
	  .write = write_offset,
	  .compare = by_offset },
	{ .name = "device", .heading = "DEVICE", .write = write_device, .compare = by_device },
	{ .name = "inode",
	  .heading = "INODE",
	  .right = true,
	  .write = write_inode,
	  .compare = by_inode },
	{ .name = "kind", .heading = "KIND", .write = write_kind, .compare = by_kind },
	{ .name = "name",
	  .heading = "NAME",
	  .is_long = true,
	  .write = write_name,
	  .compare = by_name },
	{ .name = "path",
	  .heading = "PATH",
	  .is_long = true,
	  .write = write_path,
	  .compare = by_path },
	{ .name = "deleted", .heading = "DELETED", .write = write_deleted, .compare = by_deleted },
	{ .name = "buildid",
	  .heading = "BUILD-ID",
	  .needs_build_id = true,
	  .write = write_build_id,
	  .compare = by_build_id },
};

const struct columns default_columns = {
	.list = { &all[0], &all[2], &all[3], &all[4], &all[7], &all[8] },
	.count = 6,
};

const struct column *column_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strlen(all[i].name) == length && strncmp(all[i].name, name, length) == 0)
			return &all[i];
	return NULL;
}

int columns_parse(struct columns *columns, const char *list, const char **wrong)
{
	columns->count = 0;
	for (;;) {
		size_t length = strcspn(list, ",");
		const struct column *column = column_find(list, length);

		*wrong = list;
		if (!column)
			return -EINVAL;
		if (columns->count == COLUMNS_MAX)
			return -E2BIG;
		columns->list[columns->count++] = column;
		if (!list[length])
			return 0;
		list += length + 1;
	}
}

bool columns_need_build_ids(const struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->list[i]->needs_build_id)
			return true;
	return false;
}
