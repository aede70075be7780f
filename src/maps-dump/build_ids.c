/* SPDX-License-Identifier: BSD-2-Clause */
#include "build_ids.h"

#include <errno.h>
#include <stdlib.h>

#include "build_id.h"

int build_ids_read(struct build_ids *ids, struct mapsnap_process *process,
		   const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;

	ids->list = calloc(mapsnap_count(snapshot) + 1, sizeof(*ids->list));
	if (!ids->list)
		return -ENOMEM;
	for (size_t i = 0; (m = mapsnap_walk_next(&walk)); i++)
		if (build_id_read(NULL, process, snapshot, m, &ids->list[i]) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

void build_ids_free(struct build_ids *ids)
{
	free(ids->list);
	ids->list = NULL;
}
