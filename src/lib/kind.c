/* SPDX-License-Identifier: BSD-2-Clause */
#include "kind.h"

#include <stdbool.h>
#include <string.h>

#include "mapsnap.h"

/* A name that begins with `begin` and ends with `end`; without an end, the whole name. */
struct pattern {
	const char *begin, *end;
	size_t begin_length, end_length;
	uint8_t kind;
};

#define PATTERN(begin, end, kind)                                    \
	{                                                            \
		begin, end, sizeof(begin) - 1, sizeof(end) - 1, kind \
	}

static const struct pattern patterns[] = {
	PATTERN("[heap]", "", MAPSNAP_KIND_HEAP),
	PATTERN("[stack]", "", MAPSNAP_KIND_STACK),
	PATTERN("[vdso]", "", MAPSNAP_KIND_VDSO),
	PATTERN("[vvar", "]", MAPSNAP_KIND_VVAR),
	PATTERN("[vsyscall]", "", MAPSNAP_KIND_VSYSCALL),
	PATTERN("[anon:", "]", MAPSNAP_KIND_NAMED_ANONYMOUS),
	PATTERN("[anon_shmem:", "]", MAPSNAP_KIND_SHARED_ANONYMOUS),
	PATTERN("[", "]", MAPSNAP_KIND_SPECIAL),
	PATTERN("/dev/zero (deleted)", "", MAPSNAP_KIND_SHARED_ANONYMOUS),
	PATTERN("/memfd:", " (deleted)", MAPSNAP_KIND_MEMFD),
	PATTERN("/SYSV", " (deleted)", MAPSNAP_KIND_SYSV),
};

static bool matches(const struct pattern *p, const char *name, size_t length)
{
	if (length < p->begin_length + p->end_length || memcmp(name, p->begin, p->begin_length))
		return false;
	if (p->end_length == 0)
		return length == p->begin_length;
	return memcmp(name + length - p->end_length, p->end, p->end_length) == 0;
}

uint8_t kind_of_name(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (matches(&patterns[i], name, length))
			return patterns[i].kind;
	return MAPSNAP_KIND_FILE;
}
