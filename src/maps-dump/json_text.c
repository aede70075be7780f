/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json-c guesses where it could refuse: bytes that are no UTF-8 pass, half a
 * character becomes U+FFFD, and a NUL or whatever stands behind the document
 * ends it. Names must come out as they went in, so all four are errors here.
 *
 * Its strict mode is no help: that of 0.18 refuses every character that is not
 * ASCII. What passes without it changes no value: comments, single quotes, a
 * comma too many.
 */
#include "json_text.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

struct text {
	const char *bytes;
	size_t length;
	size_t first_line;
	char *error;
	size_t error_size;
};

/* Says where, as an editor counts. Returns -EBADMSG. */
static int bad(const struct text *text, size_t offset, const char *what)
{
	size_t line = text->first_line, column = 1;

	for (size_t i = 0; i < offset; i++) {
		column = text->bytes[i] == '\n' ? 1 : column + 1;
		line += text->bytes[i] == '\n';
	}
	snprintf(text->error, text->error_size, "line %zu, column %zu: %s", line, column, what);
	return -EBADMSG;
}

static unsigned int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) : 16;
}

/* The UTF-16 unit of a \uXXXX at p, or 0 where there is none. */
static unsigned int escaped_unit(const char *p, const char *end)
{
	unsigned int unit = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return 0;
	for (int i = 2; i < 6; i++) {
		if (hex_digit(p[i]) > 15)
			return 0;
		unit = unit << 4 | hex_digit(p[i]);
	}
	return unit;
}

static bool is_high_half(unsigned int unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_half(unsigned int unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The first escape that is half a character, or NULL. Backslashes stand only in strings. */
static const char *find_half_character(const struct text *text)
{
	const char *end = text->bytes + text->length;
	const char *p = text->bytes;

	while ((p = memchr(p, '\\', (size_t)(end - p))) && end - p > 2) {
		unsigned int unit = escaped_unit(p, end);
		bool pair = is_high_half(unit) && is_low_half(escaped_unit(p + 6, end));

		if ((is_high_half(unit) || is_low_half(unit)) && !pair)
			return p;
		p += pair ? 12 : 2;
	}
	return NULL;
}

static int check_bytes(const struct text *text)
{
	const char *nul = memchr(text->bytes, '\0', text->length);
	size_t valid = utf8_valid_length(text->bytes, text->length);
	const char *half;

	if (text->length > INT_MAX)
		return bad(text, 0, "longer than the 2 GiB that can be read");
	if (nul)
		return bad(text, (size_t)(nul - text->bytes), "a NUL byte");
	if (valid < text->length)
		return bad(text, valid, "not UTF-8");
	half = find_half_character(text);
	return half ? bad(text, (size_t)(half - text->bytes), "half a character") : 0;
}

static int check_end(const struct text *text, size_t end)
{
	while (end < text->length && strchr(" \t\r\n", text->bytes[end]))
		end++;
	return end < text->length ? bad(text, end, "text behind the document") : 0;
}

static int parse(const struct text *text, struct json_tokener *tokener, struct json_object **json)
{
	enum json_tokener_error error;
	int result;

	*json = json_tokener_parse_ex(tokener, text->bytes, (int)text->length);
	error = json_tokener_get_error(tokener);
	if (error == json_tokener_continue)
		return bad(text, text->length, "the text ends before the JSON does");
	if (error != json_tokener_success)
		return bad(text, json_tokener_get_parse_end(tokener),
			   json_tokener_error_desc(error));
	result = check_end(text, json_tokener_get_parse_end(tokener));
	if (!result && !json_object_is_type(*json, json_type_object))
		result = bad(text, 0, "not an object");
	if (result)
		json_object_put(*json);
	return result;
}

int json_text_parse(const char *text, size_t length, size_t first_line, struct json_object **json,
		    char *error, size_t error_size)
{
	struct text t = {
		.bytes = text,
		.length = length,
		.first_line = first_line,
		.error = error,
		.error_size = error_size,
	};
	struct json_tokener *tokener;
	int result = check_bytes(&t);

	if (result)
		return result;
	tokener = json_tokener_new();
	if (!tokener)
		return -ENOMEM;
	result = parse(&t, tokener, json);
	json_tokener_free(tokener);
	return result;
}
