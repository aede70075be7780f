/* SPDX-License-Identifier: BSD-2-Clause */
/* What PROCMAP_QUERY says of a mapping, as a mapping. */
#ifndef QUERY_H
#define QUERY_H

#include "mapsnap.h"
#include "uapi/procmap_query.h"
#include "want.h"

/* All but path, kind and flags. name is where the kernel wrote it, if it did. */
static inline struct mapsnap_mapping mapping_from_query(const struct procmap_query *q,
							const char *name)
{
	return (struct mapsnap_mapping){
		.start = q->vma_start,
		.end = q->vma_end,
		.offset = q->vma_offset,
		.inode = q->inode,
		.device_major = q->dev_major,
		.device_minor = q->dev_minor,
		.permissions = (uint16_t)(q->vma_flags & WANT_PERMISSIONS),
		.name = name,
		.name_length = name && q->vma_name_size ? q->vma_name_size - 1 : 0,
	};
}

#endif
