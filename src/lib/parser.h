/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of /proc/PID/maps, from text to fields. Pure: no allocation, no
 * state, no I/O.
 */
#ifndef PARSER_H
#define PARSER_H

#include "mapsnap.h"

/* Where the kernel puts the name: after this column and one space, or later. */
#define NAME_PADDING 72

/*
 * Parses the line at text into the mapping, but for path, kind and flags; name
 * points into the text and is not terminated. end is the end of a text whose
 * last byte is a newline. Returns where the next line begins, or NULL where
 * this one is not exactly what a 64-bit kernel writes: each byte must be what
 * writing the fields back would put there.
 */
const char *parse_line(const char *text, const char *end, struct mapsnap_mapping *mapping);

#endif
