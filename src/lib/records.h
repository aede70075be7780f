/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of PROCMAP_SNAPSHOT, with their names beside them, and the mappings
 * that they tell of.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "builder.h"
#include "uapi/procmap_snapshot.h"
#include "want.h"

struct records {
	const void *list; /* of struct procmap_record; need not be aligned */
	uint64_t count;
	const char *names;
	uint64_t names_size; /* bytes that the names take */
};

/* A call for these mappings, with no room for any yet. */
struct procmap_snapshot records_asked(const struct want *want);

/*
 * Takes a mapping for each, of which *line is the number. DONE, -ENOMEM, FULL,
 * or MALFORMED. The list may stand in builder_records().
 */
int records_take(const struct records *records, struct builder *builder, size_t *line);

#endif
