/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROCMAP_QUERY, one call a mapping: the kernel passes over what is not
 * wanted, and writes names only where they are. It never reports the gate.
 */
#include "route.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "query.h"

/* The filters that the kernel applies have the same bits, but for this one. */
static uint64_t query_flags(const struct want *want)
{
	uint64_t flags = want->filter & WANT_PERMISSIONS;

	if (want->filter & MAPSNAP_FILTER_FILE)
		flags |= PROCMAP_QUERY_FILE_BACKED_VMA;
	return flags | PROCMAP_QUERY_COVERING_OR_NEXT_VMA;
}

/* 0, -ENOENT behind the last mapping, or another negative errno. */
static int query_one(struct reading *reading, uint64_t address, struct mapsnap_mapping *m)
{
	char *name = want_names(reading->want) ? reading->builder->buffer : NULL;
	struct procmap_query q = {
		.size = sizeof(q),
		.query_flags = query_flags(reading->want),
		.query_addr = address,
		.vma_name_size = name ? PATH_MAX : 0,
		.vma_name_addr = (uintptr_t)name,
	};
	int r = reading->kernel->ioctl(reading->maps_fd, PROCMAP_QUERY, &q);

	if (r < 0)
		return r;
	*m = mapping_from_query(&q, name);
	return 0;
}

/*
 * ENOTTY: older than 6.11. The other two: a name longer than the most that a
 * query can give; fs.h documents E2BIG, the code says ENAMETOOLONG. The text
 * has the whole name.
 */
static bool query_cannot(int r)
{
	return r == -ENOTTY || r == -ENAMETOOLONG || r == -E2BIG;
}

static int read_query(struct reading *reading)
{
	uint64_t address = reading->want->start;
	int r;

	for (;;) {
		struct mapsnap_mapping *m = builder_slot(reading->builder);
		uint64_t end;

		r = query_one(reading, address, m);
		if (r == -ENOENT)
			return DONE;
		if (r < 0)
			return query_cannot(r) ? UNFIT : r;
		reading->line++;
		if (m->end <= address)
			return MALFORMED; /* would never end */
		if (m->start > reading->want->end)
			return DONE;
		end = m->end;
		r = builder_take(reading->builder);
		if (r)
			return r;
		if (reading_torn(reading))
			return CHANGED;
		r = watch_step(reading->watch, 1);
		if (r)
			return r;
		if (end > reading->want->end)
			return DONE; /* the next may be one that can't be read so */
		address = end;
	}
}

const struct route route_query = {
	.id = MAPSNAP_ROUTE_QUERY,
	.escaped = false,
	.unfit = "PROCMAP_QUERY can't read it: the kernel is older than 6.11, or a name is longer "
		 "than PATH_MAX; use the text",
	.read = read_query,
};
