/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether two mappings, of whatever snapshots, are alike. */
#ifndef ALIKE_H
#define ALIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "mapsnap.h"

/* The names of two snapshots may be alike and stand at different places. */
static inline bool same_name(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

static inline bool same_file(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return a->inode == b->inode && a->device_major == b->device_major &&
	       a->device_minor == b->device_minor;
}

/* In all but the name, and what is told from that. */
static inline bool alike_nameless(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return memcmp(a, b, offsetof(struct mapsnap_mapping, name)) == 0 &&
	       a->permissions == b->permissions;
}

static inline bool alike(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return alike_nameless(a, b) && same_name(a, b);
}

#endif
