/* SPDX-License-Identifier: BSD-2-Clause */
/* Names are bytes; JSON holds UTF-8. What carries the one in the other. */
#ifndef ENCODING_H
#define ENCODING_H

#include <stdbool.h>
#include <stddef.h>

/* How many of the bytes come before the first one that is not part of UTF-8. */
size_t utf8_valid_length(const char *bytes, size_t length);

/*
 * The bytes with U+FFFD in place of each one that is not part of UTF-8.
 * Returns a string for free(), or NULL without memory.
 */
char *utf8_replaced(const char *bytes, size_t length);

/* Returns a string for free(), or NULL without memory. */
char *base64_encoded(const char *bytes, size_t length);

/*
 * Returns the bytes with a NUL behind them, for free(), or NULL with errno
 * EBADMSG (not what base64_encoded() writes) or ENOMEM.
 */
char *base64_decoded(const char *base64, size_t *length);

/*
 * The bytes with \ooo in place of what is no text in UTF-8 and what a terminal
 * might obey: control characters, and those that change the direction of writing.
 * Without utf8 in place of everything but ASCII. One line stays one. Returns a
 * string for free(), or NULL without memory.
 */
char *printable(const char *string, bool utf8);

/* Whether printable() would give the same, as of nearly every name. */
bool is_printable_ascii(const char *string);

/* How many columns of a terminal these characters take, by the locale if that knows. */
unsigned int display_width(const char *string, size_t length);

/* Where the longest end begins that takes no more than this many columns. */
size_t cut_front(const char *string, size_t length, unsigned int width);

#endif
