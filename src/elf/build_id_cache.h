/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The build-ids of files that were read before. For one thread at a time.
 *
 * A file is known by being open: as long as the cache has it open too, its device
 * and inode can't be given to another. So the cache takes descriptors, and what
 * was deleted stays on its disk, and a file system mounted, until it lets go.
 */
#ifndef BUILD_ID_CACHE_H
#define BUILD_ID_CACHE_H

#include <stddef.h>

#include "mapsnap.h"

struct build_id_cache;

/* For at most so many files, at least one, each of which is kept open; NULL: out of memory. */
struct build_id_cache *build_id_cache_new(size_t most_files);

/* NULL is allowed. */
void build_id_cache_free(struct build_id_cache *cache);

/*
 * As elf_note_of_file(), from the file itself only where it was not read before, or was
 * changed since, or went as the one that had been asked for the longest ago. The
 * descriptor remains the caller's.
 */
int build_id_cache_read(struct build_id_cache *cache, int fd, struct mapsnap_build_id *id);

#endif
