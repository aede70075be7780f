/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client says under one name: in a header, or as a parameter. */
#ifndef VALUES_H
#define VALUES_H

#include <microhttpd.h>

/*
 * As RFC 9110 has it for headers that are lists: said several times it is one list, with
 * commas between them. *list is for free(3); NULL: it is not said. Returns 0 or -ENOMEM.
 */
int values_of(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *name,
	      char **list);

#endif
