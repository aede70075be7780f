/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mappings and fields a caller wants. */
#ifndef WANT_H
#define WANT_H

#include <stdbool.h>
#include <stdint.h>

#include "mapsnap.h"

#define WANT_PERMISSIONS (MAPSNAP_READ | MAPSNAP_WRITE | MAPSNAP_EXECUTE | MAPSNAP_SHARED)

/* The gate has this one address, for every process of every x86-64 kernel. */
#define GATE_START 0xffffffffff600000u
#define GATE_END   0xffffffffff601000u

struct want {
	uint32_t filter;
	uint32_t omit;
	uint64_t start; /* inclusive */
	uint64_t end;   /* inclusive, so that it can be the last byte there is */
};

static inline bool want_all(const struct want *want)
{
	return want->filter == 0 && want->start == 0 && want->end == UINT64_MAX;
}

static inline bool want_names(const struct want *want)
{
	return !(want->omit & MAPSNAP_OMIT_NAMES);
}

static inline bool has_file(const struct mapsnap_mapping *m)
{
	return m->inode || m->device_major || m->device_minor;
}

static inline bool want_mapping(const struct want *want, const struct mapsnap_mapping *m)
{
	uint32_t has = m->permissions | (has_file(m) ? MAPSNAP_FILTER_FILE : 0) |
		       (m->start != GATE_START ? MAPSNAP_FILTER_NO_GATE : 0);

	return (want->filter & ~has) == 0 && m->start <= want->end && m->end > want->start;
}

/* Whether the gate, if this process shows it, can be among what is wanted. */
static inline bool want_gate(const struct want *want)
{
	return !(want->filter &
		 (MAPSNAP_WRITE | MAPSNAP_SHARED | MAPSNAP_FILTER_FILE | MAPSNAP_FILTER_NO_GATE)) &&
	       want->end >= GATE_START;
}

#endif
