/* SPDX-License-Identifier: BSD-2-Clause */
/* The build-id of a mapping, by whoever knows it. */
#ifndef BUILD_ID_H
#define BUILD_ID_H

#include "build_id_cache.h"
#include "mapsnap.h"

/*
 * Asks the kernel, and where that says nothing reads the mapped file, or the
 * image of [vdso]. cache may be NULL. 0; -ENODATA: there is none; -EAGAIN:
 * something else is mapped there by now; or an error of mapsnap_open_file() or
 * mapsnap_vdso(). id is written only with 0, and says by which route.
 */
int build_id_read(struct build_id_cache *cache, struct mapsnap_process *process,
		  const struct mapsnap *snapshot, const struct mapsnap_mapping *mapping,
		  struct mapsnap_build_id *id);

#endif
