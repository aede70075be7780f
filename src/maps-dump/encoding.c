/* SPDX-License-Identifier: BSD-2-Clause */
#include "encoding.h"

#include <errno.h>
#include <netinet/in.h>
#include <resolv.h> /* b64_ntop() and b64_pton(), the C library's base64 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * The length of the UTF-8 sequence at p, 1 to 4, or 0 where there is none:
 * overlong forms, surrogates and what lies above U+10FFFF are none (RFC 3629).
 */
static size_t sequence_length(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	if (left < 2 || !continues(p[1]) || p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if (left < 3 || !continues(p[2]))
		return 0;
	if (p[0] < 0xf0) {
		bool overlong = p[0] == 0xe0 && p[1] < 0xa0;
		bool surrogate = p[0] == 0xed && p[1] >= 0xa0;

		return overlong || surrogate ? 0 : 3;
	}
	if (left < 4 || !continues(p[3]))
		return 0;
	if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return 4;
}

size_t utf8_valid_length(const char *bytes, size_t length)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t i = 0, n;

	while (i < length && (n = sequence_length(p + i, length - i)))
		i += n;
	return i;
}

char *utf8_replaced(const char *bytes, size_t length)
{
	const unsigned char *p = (const unsigned char *)bytes;
	char *string = malloc(length * strlen(REPLACEMENT) + 1);
	char *out = string;

	if (!string)
		return NULL;
	for (size_t i = 0; i < length;) {
		size_t n = sequence_length(p + i, length - i);

		out = n ? mempcpy(out, p + i, n) : mempcpy(out, REPLACEMENT, strlen(REPLACEMENT));
		i += n ? n : 1;
	}
	*out = '\0';
	return string;
}

char *base64_encoded(const char *bytes, size_t length)
{
	size_t size = (length + 2) / 3 * 4 + 1;
	char *base64 = malloc(size);

	if (base64)
		b64_ntop((const unsigned char *)bytes, length, base64, size);
	return base64;
}

/* b64_pton() overlooks spaces: only what encodes back to the same is right. */
static bool encodes_to(const char *bytes, size_t length, const char *base64)
{
	char *again = base64_encoded(bytes, length);
	bool same = again && strcmp(again, base64) == 0;

	if (again)
		errno = EBADMSG;
	free(again);
	return same;
}

char *base64_decoded(const char *base64, size_t *length)
{
	size_t size = strlen(base64) / 4 * 3 + 4;
	char *bytes = malloc(size);
	int n;

	if (!bytes)
		return NULL;
	n = b64_pton(base64, (unsigned char *)bytes, size - 1);
	if (n < 0) {
		errno = EBADMSG;
		goto fail;
	}
	if (!encodes_to(bytes, (size_t)n, base64))
		goto fail;
	bytes[n] = '\0';
	*length = (size_t)n;
	return bytes;
fail:
	free(bytes);
	return NULL;
}

static uint32_t code_point(const unsigned char *p, size_t length)
{
	switch (length) {
	case 1:
		return p[0];
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	case 3:
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	default:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
		       (p[3] & 0x3fu);
	}
}

/* Those of ISO 6429, of which some terminals take the second set as well, and of Unicode's UAX #9.
 */
static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x061c;
}

/* How many bytes at p can be shown as they are: those of one character, or none. */
static size_t printable_length(const unsigned char *p, size_t left, bool utf8)
{
	size_t n = sequence_length(p, left);

	if (n > 1 && !utf8)
		return 0;
	return n && is_control(code_point(p, n)) ? 0 : n;
}

bool is_printable_ascii(const char *string)
{
	while (*string >= 0x20 && *string < 0x7f)
		string++;
	return !*string;
}

char *printable(const char *string, bool utf8)
{
	const unsigned char *p = (const unsigned char *)string;
	const unsigned char *end = p + strlen(string);
	char *result = malloc((size_t)(end - p) * 4 + 1);
	char *out = result;

	if (!result)
		return NULL;
	while (p < end) {
		size_t n = printable_length(p, (size_t)(end - p), utf8);

		out = n ? mempcpy(out, p, n) : out + sprintf(out, "\\%03o", *p);
		p += n ? n : 1;
	}
	*out = '\0';
	return result;
}

/* The bytes and the columns of the first character, or byte that is part of none. */
static size_t step(const unsigned char *p, size_t left, unsigned int *columns)
{
	size_t n = p[0] < 0x80 ? 1 : sequence_length(p, left);
	int width = n > 1 ? wcwidth((wchar_t)code_point(p, n)) : 1;

	*columns = width < 0 ? 1 : (unsigned int)width;
	return n ? n : 1;
}

unsigned int display_width(const char *string, size_t length)
{
	const unsigned char *p = (const unsigned char *)string;
	unsigned int width = 0, columns;

	for (size_t i = 0; i < length; width += columns)
		i += step(p + i, length - i, &columns);
	return width;
}

size_t cut_front(const char *string, size_t length, unsigned int width)
{
	const unsigned char *p = (const unsigned char *)string;
	unsigned int left = display_width(string, length), columns;
	size_t i = 0;

	while (left > width) {
		i += step(p + i, length - i, &columns);
		left -= columns;
	}
	return i;
}
