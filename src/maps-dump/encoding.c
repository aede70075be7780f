/* SPDX-License-Identifier: BSD-2-Clause */
#include "encoding.h"

#include <errno.h>
#include <netinet/in.h>
#include <resolv.h> /* b64_ntop() and b64_pton(), the C library's base64 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

char *printable(const char *string)
{
	char *result = malloc(strlen(string) * 4 + 1);
	char *out = result;

	if (!result)
		return NULL;
	for (; *string; string++) {
		unsigned char c = (unsigned char)*string;

		if (c < 0x20 || c == 0x7f)
			out += sprintf(out, "\\%03o", c);
		else
			*out++ = (char)c;
	}
	*out = '\0';
	return result;
}
