/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROCMAP_SNAPSHOT: everything in one call, as records with their names beside
 * them. It looks at the kernel's own sequence before the first record and after
 * the last, and tells exit and exec.
 */
#include "route.h"

#include <errno.h>
#include <string.h>

#include "uapi/procmap_query.h"
#include "uapi/procmap_snapshot.h"

/* Of the last record with a name of its own, and the mapping that was made of it. */
struct named {
	uint64_t offset;
	uint32_t size; /* 0: none yet */
	size_t mapping;
};

/* The filters that the kernel applies have the same bits, but for this one. */
static uint64_t vma_flags(const struct want *want)
{
	uint64_t flags = want->filter & WANT_PERMISSIONS;

	return want->filter & MAPSNAP_FILTER_FILE ? flags | PROCMAP_QUERY_FILE_BACKED_VMA : flags;
}

static struct procmap_snapshot argument(const struct reading *reading)
{
	const struct want *want = reading->want;
	struct builder *builder = reading->builder;
	size_t room;
	void *records = builder_records(builder, sizeof(struct procmap_record), &room);

	return (struct procmap_snapshot){
		.size = sizeof(struct procmap_snapshot),
		.flags = reading->locked ? PROCMAP_SNAPSHOT_LOCKED : 0,
		.start = want->start,
		.end = want->end == UINT64_MAX ? UINT64_MAX : want->end + 1,
		.vma_flags = vma_flags(want),
		.records = (uintptr_t)records,
		.nr_records = room,
		.names = want_names(want) ? (uintptr_t)builder->buffer : 0,
		.names_size = want_names(want) ? builder->buffer_size : 0,
	};
}

/*
 * ENOTTY: this kernel has no such call. The others are what a seccomp filter or
 * a security module that does not know it says in its place.
 */
static bool absent(int r)
{
	return r == -ENOTTY || r == -EPERM || r == -EACCES || r == -ENOSYS || r == -EINVAL;
}

/* What it needs, it says; if that were there already, asking again would go on for ever. */
static int too_small(struct builder *builder, const struct procmap_snapshot *had,
		     const struct procmap_snapshot *needs)
{
	if (needs->nr_records <= had->nr_records && needs->names_size <= had->names_size)
		return -ENOBUFS;
	builder_ask(builder, needs->nr_records, needs->names_size);
	return FULL;
}

/* DONE, or what the failure means. ENAMETOOLONG: a name longer than PATH_MAX; the text has it. */
static int call(struct reading *reading, struct procmap_snapshot *a)
{
	const struct procmap_snapshot had = *a;
	int r = reading->kernel->ioctl(reading->maps_fd, PROCMAP_SNAPSHOT, a);

	if (absent(r) || r == -ENAMETOOLONG)
		return UNFIT;
	if (r == -EAGAIN)
		return CHANGED;
	return r == -ENOBUFS ? too_small(reading->builder, &had, a) : r;
}

/* The number of the call does not tell what a record looks like. */
static bool plausible(const struct procmap_record *r, const struct procmap_snapshot *a)
{
	return r->start < r->end && r->name_size <= a->names_size &&
	       r->name_offset <= a->names_size - r->name_size;
}

static void mapping_from_uapi(struct mapsnap_mapping *m, const struct procmap_record *r,
			      const char *names)
{
	*m = (struct mapsnap_mapping){
		.start = r->start,
		.end = r->end,
		.offset = r->offset,
		.inode = r->inode,
		.device_major = r->dev_major,
		.device_minor = r->dev_minor,
		.permissions = (uint16_t)(r->flags & WANT_PERMISSIONS),
		.name = names + r->name_offset,
		.name_length = r->name_size ? r->name_size - 1 : 0,
	};
}

/* Neighbours of one file share a name, which is then looked at only once. */
static int take(struct builder *builder, const struct procmap_record *r, struct named *last)
{
	size_t count = builder->count;
	int result;

	mapping_from_uapi(builder_slot(builder), r, builder->buffer);
	if (r->name_size && r->name_size == last->size && r->name_offset == last->offset)
		return builder_take_like(builder, last->mapping);
	result = builder_take(builder);
	if (r->name_size && builder->count > count)
		*last = (struct named){ r->name_offset, r->name_size, count };
	return result;
}

/* A mapping is larger than a record: each record is taken out before it is overwritten. */
static int take_all(struct reading *reading, const struct procmap_snapshot *a)
{
	const char *records = (const char *)(uintptr_t)a->records;
	struct named last = { 0 };

	for (uint64_t i = 0; i < a->nr_records; i++) {
		struct procmap_record record;
		int r;

		memcpy(&record, records + i * sizeof(record), sizeof(record));
		reading->line++;
		if (!plausible(&record, a))
			return MALFORMED;
		r = take(reading->builder, &record, &last);
		if (r)
			return r;
	}
	return reading_torn(reading) ? CHANGED : DONE;
}

static bool moved(const struct procmap_snapshot *a)
{
	return a->seq_begin != a->seq_end || sequence_odd(a->seq_begin);
}

static int read_snapshot(struct reading *reading)
{
	struct procmap_snapshot a = argument(reading);
	int r = call(reading, &a);

	if (r)
		return r;
	if (moved(&a) && !reading->accept_torn)
		return CHANGED;
	reading->sequence = a.seq_begin;
	reading->builder->buffer_used = a.names_size;
	return take_all(reading, &a);
}

const struct route route_snapshot = {
	.id = MAPSNAP_ROUTE_SNAPSHOT,
	.escaped = false,
	.proves_itself = true,
	.unfit = "PROCMAP_SNAPSHOT can't read it: this kernel does not have it or forbids it, or "
		 "a name is longer than PATH_MAX; use the text",
	.read = read_snapshot,
};

/* Asks for next to nothing. Any other answer than these comes from the call itself. */
bool route_snapshot_exists(const struct kernel *kernel, int maps_fd)
{
	struct procmap_snapshot a = { .size = sizeof(a), .end = 1 };

	return !absent(kernel->ioctl(maps_fd, PROCMAP_SNAPSHOT, &a));
}
