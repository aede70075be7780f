/* SPDX-License-Identifier: BSD-2-Clause */
/* The immutable result: mappings, and how they were obtained. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "builder.h"
#include "mapsnap.h"
#include "process.h"

struct mapsnap {
	/* What a lookup needs, together. */
	size_t count;
	struct mapsnap_mapping *mappings;
	/* From the first start to the last end; 0 where no search finds anything. */
	uint64_t low, span;
	bool torn;

	atomic_size_t references;
	char *names;
	struct mapsnap_info info;
	/* Which opening it was read from; never followed. */
	const struct mapsnap_process *process;
	uint64_t process_opened;
	/*
	 * The starts of the mappings once more: a search touches an eighth of
	 * the cache lines that it would touch in the mappings.
	 */
	uint64_t starts[];
};

/*
 * Makes a snapshot of what the builder holds; on success the mappings and
 * names are the snapshot's and the builder is empty. 0 or -ENOMEM.
 */
int snapshot_new(struct builder *builder, const struct mapsnap_info *info,
		 struct mapsnap **snapshot);

#endif
