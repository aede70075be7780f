/* SPDX-License-Identifier: BSD-2-Clause */
/* The immutable result: mappings, and how they were obtained. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "list.h"
#include "mapsnap.h"
#include "process.h"
#include "ranges.h"

struct mapsnap {
	struct list *list;
	atomic_size_t references;
	struct mapsnap_info info;
	/* Which opening it was read from; never followed. */
	const struct mapsnap_process *process;
	uint64_t process_opened;
	uint64_t cookie; /* of the kernel's log that reaches back to it; 0: none does */
	/* It was brought up to date from another, since which these were touched. */
	bool continues;
	struct ranges touched;
};

/*
 * Makes a snapshot of this list, whose reference it takes over, whatever
 * happens. 0 or -ENOMEM.
 */
int snapshot_new(struct list *list, const struct mapsnap_info *info, struct mapsnap **snapshot);

/* The same of what the builder holds, which can only be freed afterwards. */
int snapshot_build(struct builder *builder, const struct mapsnap_info *info,
		   struct mapsnap **snapshot);

#endif
