/* SPDX-License-Identifier: BSD-2-Clause */
/* What several outputs say of a mapping. */
#ifndef MAPPING_H
#define MAPPING_H

#include <stdbool.h>

#include "mapsnap.h"

#define PERMISSIONS_SIZE sizeof("rwxp")

/* Writes "r-xp" and the like, as the text has it. Returns buffer. */
const char *format_permissions(const struct mapsnap_mapping *mapping,
			       char buffer[PERMISSIONS_SIZE]);

/* Backed by one, memfd and shared memory included. */
bool has_file(const struct mapsnap_mapping *mapping);

/* memfds and shared memory are always deleted: only files tell of an upgrade. */
bool is_deleted_file(const struct mapsnap_mapping *mapping);

/* Writable and executable at once. */
bool is_writable_executable(const struct mapsnap_mapping *mapping);

#endif
