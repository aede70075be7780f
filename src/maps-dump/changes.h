/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between two snapshots, of what is shown of them. */
#ifndef CHANGES_H
#define CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "json_object.h"
#include "output.h"

struct changes {
	struct mapsnap_diff diff; /* at its begin */
	const struct selection *selection;
};

struct tally {
	size_t added, removed, changed;
	size_t touched; /* alike in both, but may have been otherwise in between */
};

/* The next one of which either side is shown; false at the end. */
bool changes_next(struct changes *changes, struct mapsnap_change *change);

struct tally changes_count(struct changes changes);
bool tally_is_empty(const struct tally *tally);

/* A line for each that was (-) and that is (+), as diff(1) has it, and for what was touched (~). */
void changes_write(struct changes changes, struct output *output);

/* A JSON object for each, with these members before its own. */
void changes_write_json(struct changes changes, struct output *output,
			void (*add)(struct object *object, const void *context),
			const void *context);

#endif
