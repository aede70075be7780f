/* SPDX-License-Identifier: BSD-2-Clause */
#include "facts.h"

#include <stdbool.h>
#include <string.h>

#define WRITABLE_EXECUTABLE (MAPSNAP_WRITE | MAPSNAP_EXECUTE)

/*
 * Memory that is shared by a file which nobody else was ever to see is said to be deleted as
 * well. Some of it has a kind of its own; what else the kernel makes is known by its whole name.
 */
static bool was_never_there(const struct mapsnap_mapping *m)
{
	static const char *const names[] = { "/[aio]", "/anon_hugepage", "/drm mm object", "/i915",
					     "/secretmem" };

	if (m->kind != MAPSNAP_KIND_FILE)
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(m->path, names[i]) == 0)
			return true;
	return strncmp(m->path, "/dev/shm/", strlen("/dev/shm/")) == 0;
}

struct facts facts_of(const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;
	struct facts facts = { 0 };

	while ((m = mapsnap_walk_next(&walk))) {
		facts.mappings++;
		facts.writable_executable +=
			(m->permissions & WRITABLE_EXECUTABLE) == WRITABLE_EXECUTABLE;
		facts.deleted += m->flags & MAPSNAP_DELETED && !was_never_there(m);
	}
	return facts;
}
