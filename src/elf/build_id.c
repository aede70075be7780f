/* SPDX-License-Identifier: BSD-2-Clause */
#include "build_id.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "elf_note.h"

static const uint8_t routes[] = {
	[MAPSNAP_FILE_MAP_FILES] = MAPSNAP_BUILD_ID_MAP_FILES,
	[MAPSNAP_FILE_ROOT] = MAPSNAP_BUILD_ID_ROOT,
};

static int of_file(struct build_id_cache *cache, struct mapsnap_process *process,
		   const struct mapsnap *snapshot, const struct mapsnap_mapping *mapping,
		   struct mapsnap_build_id *id)
{
	uint32_t route;
	int fd, r = mapsnap_open_file(process, snapshot, mapping, &fd, &route);

	if (r)
		return r == -ENXIO ? -ENODATA : r;
	r = cache ? build_id_cache_read(cache, fd, id) : elf_note_of_file(fd, id);
	close(fd);
	if (r == 0)
		id->route = routes[route];
	return r;
}

static int of_vdso(struct mapsnap_process *process, const struct mapsnap *snapshot,
		   const struct mapsnap_mapping *vdso, struct mapsnap_build_id *id)
{
	size_t size = vdso->end - vdso->start;
	void *image = malloc(size);
	int r;

	if (!image)
		return -ENOMEM;
	r = mapsnap_vdso(process, snapshot, image, size, &size);
	if (r == 0)
		r = elf_note_of_image(image, size, id);
	free(image);
	if (r == 0)
		id->route = MAPSNAP_BUILD_ID_MEMORY;
	return r;
}

/* What the file could not change. */
static bool is_final(int r)
{
	return r == 0 || r == -EAGAIN || r == -ESRCH || r == -ESTALE;
}

int build_id_read(struct build_id_cache *cache, struct mapsnap_process *process,
		  const struct mapsnap *snapshot, const struct mapsnap_mapping *mapping,
		  struct mapsnap_build_id *id)
{
	struct mapsnap_build_id found = { 0 };
	int r;

	if (mapping->kind == MAPSNAP_KIND_VDSO) {
		r = of_vdso(process, snapshot, mapping, &found);
	} else {
		r = mapsnap_build_id(process, mapping, &found);
		if (!is_final(r))
			r = of_file(cache, process, snapshot, mapping, &found);
	}
	if (r == 0)
		*id = found;
	return r;
}
