/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The build-ids of the executable mappings of a snapshot. Never change; snapshots
 * between which no such mapping was touched share them.
 */
#ifndef NOTES_H
#define NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "build_id.h"
#include "mapsnap.h"

struct note {
	struct mapsnap_build_id id;
	bool later;   /* asked for when something may have changed since the snapshot */
	bool in_vain; /* it could not be asked for, and may be in time */
};

struct notes;

/* What it takes to ask for the build-ids of a process. */
struct notes_asker {
	struct mapsnap_process *process;
	const struct mapsnap_sequence *source; /* NULL: the kernel's own */
	struct build_id_cache *cache;
};

/*
 * Of the snapshot `changes->after` of the process. old: those of the one before it,
 * whose references stay the caller's, or NULL where there is none. What is known
 * not to have been touched since is taken from there. 0 or -ENOMEM; a build-id that
 * can't be had is none.
 */
int notes_make(const struct notes_asker *asker, const struct mapsnap_diff *changes,
	       struct notes *old, struct notes **notes);

struct notes *notes_ref(struct notes *notes);
void notes_unref(struct notes *notes); /* NULL is allowed */

size_t notes_memory(const struct notes *notes);

/* That of the mapping that begins there; NULL where it has none. */
const struct note *notes_find(const struct notes *notes, uint64_t start);

#endif
