/* SPDX-License-Identifier: BSD-2-Clause */
/* The words for people, one table an enum. */
#include "mapsnap.h"

#define TEXT(x)   #x
#define DIGITS(x) TEXT(x)

#define WORD(table, value) \
	((value) < sizeof(table) / sizeof((table)[0]) ? (table)[value] : "unknown")

static const char *const consistencies[] = {
	[MAPSNAP_UNVERIFIED] = "unverified",
	[MAPSNAP_VERIFIED] = "verified",
	[MAPSNAP_LOCKED] = "locked",
	[MAPSNAP_FROZEN] = "frozen",
};

static const char *const reasons[] = {
	[MAPSNAP_REASON_NO_SOURCE] = "no sequence source",
	[MAPSNAP_REASON_CHANGED] = "changed during every attempt",
	[MAPSNAP_REASON_DEADLINE] = "changed until the deadline",
	[MAPSNAP_REASON_TORN] = "torn: its lines overlap",
	[MAPSNAP_REASON_SAVED] = "saved text",
	[MAPSNAP_REASON_UNCHANGED] = "sequence unchanged",
	[MAPSNAP_REASON_NO_MAPPINGS] = "a kernel thread has no mappings",
	[MAPSNAP_REASON_LOCKED] = "read under one hold of the lock",
	[MAPSNAP_REASON_HELD] = "caught up in a short hold of the lock",
	[MAPSNAP_REASON_FROZEN] = "its threads were stopped",
	[MAPSNAP_REASON_SHARERS] = "threads stopped, but others may share its memory",
};

static const char *const sources[] = {
	[MAPSNAP_SOURCE_NONE] = "none",
	[MAPSNAP_SOURCE_BPF] = "bpf",
	[MAPSNAP_SOURCE_IOCTL] = "ioctl",
};

static const char *const routes[] = {
	[MAPSNAP_ROUTE_AUTO] = "auto",
	[MAPSNAP_ROUTE_TEXT] = "text",
	[MAPSNAP_ROUTE_QUERY] = "query",
	[MAPSNAP_ROUTE_SNAPSHOT] = "snapshot",
};

static const char *const kinds[] = {
	[MAPSNAP_KIND_ANONYMOUS] = "anonymous",
	[MAPSNAP_KIND_FILE] = "file",
	[MAPSNAP_KIND_HEAP] = "heap",
	[MAPSNAP_KIND_STACK] = "stack",
	[MAPSNAP_KIND_NAMED_ANONYMOUS] = "named-anonymous",
	[MAPSNAP_KIND_SHARED_ANONYMOUS] = "shared-anonymous",
	[MAPSNAP_KIND_MEMFD] = "memfd",
	[MAPSNAP_KIND_SYSV] = "sysv",
	[MAPSNAP_KIND_VDSO] = "vdso",
	[MAPSNAP_KIND_VVAR] = "vvar",
	[MAPSNAP_KIND_VSYSCALL] = "vsyscall",
	[MAPSNAP_KIND_SPECIAL] = "special",
};

static const char *const file_routes[] = {
	[MAPSNAP_FILE_MAP_FILES] = "map_files",
	[MAPSNAP_FILE_ROOT] = "root",
};

static const char *const build_id_routes[] = {
	[MAPSNAP_BUILD_ID_NONE] = "none",           [MAPSNAP_BUILD_ID_KERNEL] = "kernel",
	[MAPSNAP_BUILD_ID_MAP_FILES] = "map_files", [MAPSNAP_BUILD_ID_ROOT] = "root",
	[MAPSNAP_BUILD_ID_MEMORY] = "memory",
};

const char *mapsnap_version(void)
{
	return DIGITS(MAPSNAP_VERSION_MAJOR) "." DIGITS(MAPSNAP_VERSION_MINOR) "." DIGITS(
		MAPSNAP_VERSION_PATCH);
}

const char *mapsnap_consistency_name(uint32_t consistency)
{
	return WORD(consistencies, consistency);
}

const char *mapsnap_reason_text(uint32_t reason)
{
	return WORD(reasons, reason);
}

const char *mapsnap_source_name(uint32_t source)
{
	return WORD(sources, source);
}

const char *mapsnap_route_name(uint32_t route)
{
	return WORD(routes, route);
}

const char *mapsnap_kind_name(uint32_t kind)
{
	return WORD(kinds, kind);
}

const char *mapsnap_file_route_name(uint32_t route)
{
	return WORD(file_routes, route);
}

const char *mapsnap_build_id_route_name(uint32_t route)
{
	return WORD(build_id_routes, route);
}
