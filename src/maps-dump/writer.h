/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes on their way out, in one large buffer. Lines are formatted straight
 * into it, so that 60,000 of them cost a handful of write(2) calls.
 */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

struct writer {
	int fd; /* below 0: to memory, everything stays in the buffer */
	char *buffer;
	size_t used, size;
	int error; /* the first negative errno; nothing is written after it */
};

void writer_free(struct writer *writer);

void writer_bytes(struct writer *writer, const void *bytes, size_t length);
void writer_string(struct writer *writer, const char *string);
void writer_spaces(struct writer *writer, unsigned int count);
void writer_hex(struct writer *writer, uint64_t value);
void writer_decimal(struct writer *writer, uint64_t value);
void writer_printf(struct writer *writer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What printable() of encoding.h gives. */
void writer_printable(struct writer *writer, const char *string, bool utf8);

/* The line that the kernel would print. */
void writer_mapping(struct writer *writer, const struct mapsnap_mapping *mapping);

/* Returns 0 or the error that this or an earlier call met. */
int writer_flush(struct writer *writer);

#endif
