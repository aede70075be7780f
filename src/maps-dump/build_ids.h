/* SPDX-License-Identifier: BSD-2-Clause */
/* The build-ids of mapped files: what tells one build of a program from another. */
#ifndef BUILD_IDS_H
#define BUILD_IDS_H

#include <stddef.h>
#include <sys/types.h>

#include "mapsnap.h"

#define BUILD_ID_MAX 20 /* bytes, a SHA-1 */

struct build_id {
	unsigned char length; /* 0: there is none, or it can't be had */
	unsigned char bytes[BUILD_ID_MAX];
};

struct build_ids {
	struct build_id *list; /* one for each mapping of the snapshot, by its number; or NULL */
};

/*
 * Asks the kernel, by PROCMAP_QUERY of Linux 6.11 and later, and where that
 * says nothing reads the mapped file. Only of mappings that are still what they
 * are in the snapshot. pid may be 0: then only the kernel is asked. Returns 0 or
 * -ENOMEM.
 */
int build_ids_read(struct build_ids *ids, const struct mapsnap *snapshot, int maps_fd, pid_t pid);

void build_ids_free(struct build_ids *ids);

#endif
