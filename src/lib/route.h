/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A route is one way of reading the mappings once, from the first to the last.
 *
 * read() fills an empty builder. DONE, CHANGED (the watch says so, or the lines
 * overlap), FULL, UNFIT, MALFORMED (`line` tells which), -ESRCH once the
 * address space has no users, or what the kernel or the source said.
 * A text that ends early because the address space died is not told from a
 * whole one here; the caller asks for that.
 *
 * A route that proves itself reads everything in one call, which looks at the
 * kernel's own sequence before and after, and tells exit and exec.
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
	bool accept_torn;  /* go on where the lines overlap */
	bool locked;       /* all under one hold of mmap_lock; only the snapshot can */
	bool log;          /* have the kernel log what changes; false once it can't */
	bool held;         /* a short hold of mmap_lock was needed to settle it */
	size_t line;       /* lines read so far */
	uint64_t sequence; /* of a route that proves itself */
	uint64_t cookie;   /* of the kernel's log; 0: there is none */
	/* In all attempts. */
	uint32_t deltas;    /* calls for what changed */
	uint32_t overflows; /* of them, those further back than the log reaches */
	uint64_t lines;     /* read before this attempt */
};

struct route {
	enum mapsnap_route id;
	bool escaped; /* names arrive as the text prints them */
	bool proves_itself;
	const char *unfit; /* a sentence: what UNFIT means; NULL: it fits everything */
	int (*read)(struct reading *reading);
};

/* For sets of routes. */
#define ROUTE_BIT(id) (UINT32_C(1) << (id))

/* A list that never held is of no use, except where nothing better was to be had. */
static inline bool reading_torn(const struct reading *reading)
{
	return reading->builder->torn && !reading->accept_torn;
}

extern const struct route route_text;
extern const struct route route_query;
extern const struct route route_snapshot;

/* Whether the kernel has the snapshot call; by any maps file. */
bool route_snapshot_exists(const struct kernel *kernel, int maps_fd);

/*
 * The route that was asked for, or the fastest that gives exactly what is
 * wanted, but for those of the set `unfit`.
 */
const struct route *route_choose(const struct want *want, enum mapsnap_route asked, uint32_t unfit);

#endif
