/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A route is one way of reading the mappings once, from the first to the last.
 *
 * read() fills an empty builder. DONE, CHANGED (the watch says so, or the lines
 * overlap), FULL, UNFIT, MALFORMED (`line` tells which), -ESRCH once the
 * address space has no users, or what the kernel or the source said.
 * A text that ends early because the address space died is not told from a
 * whole one here; the caller asks for that.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "builder.h"
#include "kernel.h"
#include "outcome.h"
#include "sequence.h"
#include "want.h"

struct reading {
	const struct kernel *kernel;
	int maps_fd;
	const struct want *want;
	struct builder *builder;
	struct watch *watch;
	bool accept_torn; /* go on where the lines overlap */
	size_t line;      /* lines read so far */
};

struct route {
	enum mapsnap_route id;
	bool escaped; /* names arrive as the text prints them */
	int (*read)(struct reading *reading);
};

/* A list that never held is of no use, except where nothing better was to be had. */
static inline bool reading_torn(const struct reading *reading)
{
	return reading->builder->torn && !reading->accept_torn;
}

extern const struct route route_text;
extern const struct route route_query;

/* The fastest route that gives exactly what is wanted. */
const struct route *route_choose(const struct want *want, enum mapsnap_route asked,
				 bool query_works);

#endif
