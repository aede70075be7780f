/* SPDX-License-Identifier: BSD-2-Clause */
#include "records.h"

#include <stdbool.h>
#include <string.h>

#include "outcome.h"
#include "uapi/procmap_query.h"

/* The filters that the kernel applies have the same bits, but for this one. */
static uint64_t vma_flags(const struct want *want)
{
	uint64_t flags = want->filter & WANT_PERMISSIONS;

	return want->filter & MAPSNAP_FILTER_FILE ? flags | PROCMAP_QUERY_FILE_BACKED_VMA : flags;
}

struct procmap_snapshot records_asked(const struct want *want)
{
	return (struct procmap_snapshot){
		.size = sizeof(struct procmap_snapshot),
		.start = want->start,
		.end = want->end == UINT64_MAX ? UINT64_MAX : want->end + 1,
		.vma_flags = vma_flags(want),
	};
}

/* Of the last record with a name of its own, and the mapping that was made of it. */
struct named {
	uint64_t offset;
	uint32_t size; /* 0: none yet */
	size_t mapping;
};

/* The number of the call does not tell what a record looks like. */
static bool plausible(const struct procmap_record *r, const struct records *records)
{
	return r->start < r->end && r->name_size <= records->names_size &&
	       r->name_offset <= records->names_size - r->name_size;
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
static int take(struct builder *builder, const struct procmap_record *r, const char *names,
		struct named *last)
{
	size_t count = builder->count;
	int result;

	mapping_from_uapi(builder_slot(builder), r, names);
	if (r->name_size && r->name_size == last->size && r->name_offset == last->offset)
		return builder_take_like(builder, last->mapping);
	result = builder_take(builder);
	if (r->name_size && builder->count > count)
		*last = (struct named){ r->name_offset, r->name_size, count };
	return result;
}

/* A mapping is larger than a record: each record is taken out before it is overwritten. */
int records_take(const struct records *records, struct builder *builder, size_t *line)
{
	const char *list = records->list;
	struct named last = { 0 };

	for (uint64_t i = 0; i < records->count; i++) {
		struct procmap_record record;
		int r;

		memcpy(&record, list + i * sizeof(record), sizeof(record));
		++*line;
		if (!plausible(&record, records))
			return MALFORMED;
		r = take(builder, &record, records->names, &last);
		if (r)
			return r;
	}
	return DONE;
}
