/* SPDX-License-Identifier: BSD-2-Clause */
/* From fields back to the line; see parser.c for the format. */
#include <string.h>

#include "mapsnap.h"
#include "parser.h"

/* The longest line without its name: all numbers at their greatest. */
#define LONGEST_HEADER 128

static char *put_hex(char *p, uint64_t value, unsigned int least_digits)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int n = value ? (67 - (unsigned int)__builtin_clzll(value)) / 4 : 1;

	if (n < least_digits)
		n = least_digits;
	for (unsigned int i = n; i-- > 0; value >>= 4)
		p[i] = digits[value & 15];
	return p + n;
}

static char *put_decimal(char *p, uint64_t value)
{
	char reversed[20];
	size_t n = 0;

	do
		reversed[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		*p++ = reversed[--n];
	return p;
}

static char *put_permissions(char *p, uint16_t permissions)
{
	*p++ = permissions & MAPSNAP_READ ? 'r' : '-';
	*p++ = permissions & MAPSNAP_WRITE ? 'w' : '-';
	*p++ = permissions & MAPSNAP_EXECUTE ? 'x' : '-';
	*p++ = permissions & MAPSNAP_SHARED ? 's' : 'p';
	return p;
}

/* Up to where the name begins, or the newline where there is none. */
static size_t put_header(char *header, const struct mapsnap_mapping *m)
{
	char *p = put_hex(header, m->start, 8);

	*p++ = '-';
	p = put_hex(p, m->end, 8);
	*p++ = ' ';
	p = put_permissions(p, m->permissions);
	*p++ = ' ';
	p = put_hex(p, m->offset, 8);
	*p++ = ' ';
	p = put_hex(p, m->device_major, 2);
	*p++ = ':';
	p = put_hex(p, m->device_minor, 2);
	*p++ = ' ';
	p = put_decimal(p, m->inode);
	*p++ = ' ';
	if (m->name_length == 0)
		return (size_t)(p - header);
	while (p < header + NAME_PADDING)
		*p++ = ' ';
	*p++ = ' ';
	return (size_t)(p - header);
}

/* Copies to offset `at` of a buffer that may be too small for it. */
static void put_at(char *buffer, size_t size, size_t at, const char *text, size_t length)
{
	if (at >= size)
		return;
	if (length > size - at)
		length = size - at;
	memcpy(buffer + at, text, length);
}

size_t mapsnap_format(const struct mapsnap_mapping *mapping, char *buffer, size_t size)
{
	char header[LONGEST_HEADER];
	size_t header_length = put_header(header, mapping);
	size_t length = header_length + mapping->name_length + 1;

	put_at(buffer, size, 0, header, header_length);
	put_at(buffer, size, header_length, mapping->name, mapping->name_length);
	put_at(buffer, size, length - 1, "\n", 2);
	if (size && length >= size)
		buffer[size - 1] = '\0';
	return length;
}
