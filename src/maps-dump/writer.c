/* SPDX-License-Identifier: BSD-2-Clause */
#include "writer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "encoding.h"

#define BUFFER_SIZE (256 * 1024)

void writer_free(struct writer *writer)
{
	free(writer->buffer);
	*writer = (struct writer){ .fd = writer->fd };
}

int writer_flush(struct writer *writer)
{
	size_t done = 0;

	while (writer->fd >= 0 && !writer->error && done < writer->used) {
		ssize_t n = write(writer->fd, writer->buffer + done, writer->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			writer->error = -errno;
	}
	if (writer->fd >= 0)
		writer->used = 0;
	return writer->error;
}

/* Makes room for `length` bytes at buffer + used; NULL after an error. */
static char *make_room(struct writer *writer, size_t length)
{
	size_t size = writer->size ? writer->size : BUFFER_SIZE;
	char *buffer;

	if (writer->fd >= 0 && length > writer->size - writer->used)
		writer_flush(writer);
	if (writer->error)
		return NULL;
	if (length <= writer->size - writer->used)
		return writer->buffer + writer->used;
	while (length > size - writer->used)
		size *= 2;
	buffer = realloc(writer->buffer, size);
	if (!buffer) {
		writer->error = -ENOMEM;
		return NULL;
	}
	writer->buffer = buffer;
	writer->size = size;
	return buffer + writer->used;
}

void writer_bytes(struct writer *writer, const void *bytes, size_t length)
{
	char *room = make_room(writer, length);

	if (!room)
		return;
	memcpy(room, bytes, length);
	writer->used += length;
}

void writer_string(struct writer *writer, const char *string)
{
	writer_bytes(writer, string, strlen(string));
}

void writer_spaces(struct writer *writer, unsigned int count)
{
	static const char spaces[] = "                                ";

	for (; count > sizeof(spaces) - 1; count -= sizeof(spaces) - 1)
		writer_bytes(writer, spaces, sizeof(spaces) - 1);
	writer_bytes(writer, spaces, count);
}

/* printf() would take most of the time of a table. */
static void write_digits(struct writer *writer, uint64_t value, unsigned int base)
{
	char digits[sizeof("18446744073709551615")];
	char *at = digits + sizeof(digits);

	do
		*--at = "0123456789abcdef"[value % base];
	while (value /= base);
	writer_bytes(writer, at, (size_t)(digits + sizeof(digits) - at));
}

void writer_hex(struct writer *writer, uint64_t value)
{
	write_digits(writer, value, 16);
}

void writer_decimal(struct writer *writer, uint64_t value)
{
	write_digits(writer, value, 10);
}

void writer_printf(struct writer *writer, const char *format, ...)
{
	va_list arguments;
	int length;
	char *room;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	room = make_room(writer, (size_t)length + 1);
	if (!room)
		return;
	va_start(arguments, format);
	vsnprintf(room, (size_t)length + 1, format, arguments);
	va_end(arguments);
	writer->used += (size_t)length;
}

void writer_printable(struct writer *writer, const char *string, bool utf8)
{
	char *safe;

	if (is_printable_ascii(string)) {
		writer_string(writer, string);
		return;
	}
	safe = printable(string, utf8);
	if (safe)
		writer_string(writer, safe);
	else
		writer->error = -ENOMEM;
	free(safe);
}

void writer_mapping(struct writer *writer, const struct mapsnap_mapping *mapping)
{
	size_t room = writer->size - writer->used;
	size_t length = mapsnap_format(mapping, room ? writer->buffer + writer->used : NULL, room);

	/* The terminating NUL must fit as well, or the last byte is cut off. */
	if (length >= room) {
		char *at = make_room(writer, length + 1);

		if (!at)
			return;
		mapsnap_format(mapping, at, length + 1);
	}
	writer->used += length;
}
