/* SPDX-License-Identifier: BSD-2-Clause */
/* Names are bytes; JSON holds UTF-8. What carries the one in the other. */
#ifndef ENCODING_H
#define ENCODING_H

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
 * The bytes with control characters as \ooo, so that one line stays one and a
 * terminal is left alone. Returns a string for free(), or NULL without memory.
 */
char *printable(const char *string);

#endif
