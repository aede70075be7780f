/* SPDX-License-Identifier: BSD-2-Clause */
#include "facts.h"

#include <stdbool.h>
#include <string.h>

#define WRITABLE_EXECUTABLE (MAPSNAP_WRITE | MAPSNAP_EXECUTE)

static bool begins_with(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

/* Memory that is shared by a file which nobody else was ever to see is said to be deleted as well.
 */
static bool was_never_there(const struct mapsnap_mapping *m)
{
	static const char *const prefixes[] = { "/memfd:",        "/dev/zero", "/SYSV",
						"/dev/shm/",      "/[aio]",    "/anon_hugepage",
						"/drm mm object", "/i915" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins_with(m->path, prefixes[i]))
			return true;
	return false;
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
