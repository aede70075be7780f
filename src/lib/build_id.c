/* SPDX-License-Identifier: BSD-2-Clause */
/* The build-id of a mapping, as the kernel tells it in one call with what is mapped there. */
#include <errno.h>
#include <string.h>

#include "alike.h"
#include "process.h"
#include "query.h"
#include "recheck.h"

static int no_query(struct mapsnap_process *process)
{
	process->no_query = true;
	return process_fail(process, -EOPNOTSUPP,
			    "the kernel is older than 6.11 and tells no build-ids: read them from "
			    "the files");
}

static int complain_query(struct mapsnap_process *process, int said)
{
	switch (said) {
	case -ENOENT: /* nothing is mapped there */
		return recheck_changed(process);
	case -ESRCH:
		return process_gone(process);
	case -ENOTTY:
		return no_query(process);
	default:
		return process_fail(process, said, "PROCMAP_QUERY failed: %s",
				    strerrordesc_np(-said));
	}
}

static int no_build_id(struct mapsnap_process *process)
{
	return process_fail(process, -ENODATA, "the kernel finds no build-id there");
}

static int query(struct mapsnap_process *process, const struct mapsnap_mapping *mapping,
		 struct mapsnap_build_id *id)
{
	struct procmap_query q = {
		.size = sizeof(q),
		.query_addr = mapping->start,
		.build_id_size = sizeof(id->bytes),
		.build_id_addr = (uintptr_t)id->bytes,
	};
	int r = process->kernel->ioctl(process->maps_fd, PROCMAP_QUERY, &q);
	struct mapsnap_mapping now;

	if (r < 0)
		return complain_query(process, r);
	now = mapping_from_query(&q, NULL);
	if (!alike_nameless(&now, mapping))
		return recheck_changed(process);
	if (q.build_id_size == 0 || q.build_id_size > sizeof(id->bytes))
		return no_build_id(process);
	id->length = (uint8_t)q.build_id_size;
	return 0;
}

int mapsnap_build_id(struct mapsnap_process *process, const struct mapsnap_mapping *mapping,
		     struct mapsnap_build_id *id)
{
	struct mapsnap_build_id found = { .route = MAPSNAP_BUILD_ID_KERNEL };
	int r;

	if (!has_file(mapping))
		return no_build_id(process);
	r = process->no_query ? no_query(process) : query(process, mapping, &found);
	if (r)
		return r;
	*id = found;
	return 0;
}
