/* SPDX-License-Identifier: BSD-2-Clause */
/* The build-ids of all that a snapshot has mapped. */
#ifndef BUILD_IDS_H
#define BUILD_IDS_H

#include "mapsnap.h"

struct build_ids {
	/* One for each mapping of the snapshot, by its number; or NULL. Length 0: none. */
	struct mapsnap_build_id *list;
};

/*
 * Only of mappings that are still what they are in the snapshot, and as far as
 * they can be had: where a process was opened by its maps file, from the kernel
 * alone. Returns 0 or -ENOMEM.
 */
int build_ids_read(struct build_ids *ids, struct mapsnap_process *process,
		   const struct mapsnap *snapshot);

void build_ids_free(struct build_ids *ids);

#endif
