/* SPDX-License-Identifier: BSD-2-Clause */
/* All mappings of a snapshot side by side. */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <stdlib.h>

#include "mapsnap.h"

/* A copy, which the caller frees; the names are the snapshot's. NULL: no memory. */
static inline struct mapsnap_mapping *mappings_copied(const struct mapsnap *snapshot)
{
	struct mapsnap_mapping *list = calloc(mapsnap_count(snapshot) + 1, sizeof(*list));
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;

	for (size_t i = 0; list && (m = mapsnap_walk_next(&walk)); i++)
		list[i] = *m;
	return list;
}

#endif
