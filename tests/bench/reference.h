/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library is measured against, and checked by. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mapsnap.h"

/* Reads an open maps file to its end and looks at nothing; returns how many bytes. */
size_t bare_read(int maps_fd);

/* Mappings as most programs get them: fopen, getline, sscanf, strdup. */
struct list {
	struct mapsnap_mapping *mappings; /* start to name; path, kind and flags are not set */
	size_t count, capacity;
};

void list_read(struct list *list, pid_t pid);
void list_free(struct list *list);

/* Over the fields that a list has, of the mappings that have all these permissions. */
uint64_t checksum(const struct mapsnap_mapping *mappings, size_t count, uint32_t permissions);

/* A binary search over the starts that never branches on what it finds. */
struct search {
	uint64_t *starts;
	struct mapsnap_mapping *mappings; /* a copy, one cache line each */
	size_t count;                     /* not 0 */
};

void search_init(struct search *search, const struct mapsnap *snapshot);
void search_free(struct search *search);

/* Answers as mapsnap_find(). */
const struct mapsnap_mapping *search_find(const struct search *search, uint64_t address);

/* How many differences mapsnap_diff_next() would give, by memcmp. */
size_t count_differences(const struct list *before, const struct list *after);

#endif
