/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table can show of a mapping. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "build_ids.h"
#include "mapsnap.h"
#include "writer.h"

/* A line of a table. */
struct row {
	const struct mapsnap_mapping *mapping;
	const struct mapsnap_build_id *build_id; /* NULL: not asked for */
	size_t number;                           /* in the snapshot */
	bool utf8;                               /* names may be shown in it */
};

struct column {
	const char *name; /* on the command line */
	const char *heading;
	bool right;    /* aligned, as numbers are */
	bool is_long;  /* its end says more than its beginning, if there is no room for both */
	bool is_total; /* has a sum below */
	bool needs_build_id;
	void (*write)(struct writer *writer, const struct row *row);
	int (*compare)(const struct row *a, const struct row *b);
};

#define COLUMNS_MAX 32

struct columns {
	const struct column *list[COLUMNS_MAX];
	size_t count;
};

/* In which order the lines come. */
struct sort {
	const struct column *column; /* NULL: by address */
	bool descending;
};

extern const struct columns default_columns;

/* NULL where there is none called so. */
const struct column *column_find(const char *name, size_t length);

/*
 * From a list with commas. Returns 0, -EINVAL with *wrong at what is no
 * column, or -E2BIG.
 */
int columns_parse(struct columns *columns, const char *list, const char **wrong);

bool columns_need_build_ids(const struct columns *columns);

/* As the table has it: "2048K". */
void write_size(struct writer *writer, uint64_t bytes);

#endif
