/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_lines.h"

#include <string.h>

#include "json_text.h"

static int read_object(struct place *place, const char *text, size_t length, size_t line,
		       json_lines_take *take, void *context)
{
	struct json_object *json;

	place->error =
		json_text_parse(text, length, line, &json, place->sentence, place->sentence_size);
	if (place->error)
		return place->error;
	take(place, json, context);
	json_object_put(json);
	return place->error;
}

static bool is_blank(const char *text, size_t length)
{
	while (length && strchr(" \t\r\n", text[length - 1]) && text[length - 1])
		length--;
	return length == 0;
}

static const char *first_newline(const char *text, size_t length)
{
	const char *newline = memchr(text, '\n', length);

	return newline ? newline : text + length;
}

/* Whether each line is a document: then the first ends where an object does. */
static bool has_lines(const char *text, size_t length)
{
	while (length && is_blank(text, 1)) {
		text++;
		length--;
	}
	length = (size_t)(first_newline(text, length) - text);
	while (length && is_blank(text + length - 1, 1))
		length--;
	return length && text[length - 1] == '}';
}

int json_lines_read(const char *text, size_t length, json_lines_take *take, void *context,
		    char *error, size_t error_size)
{
	struct place place = {
		.snapshot = -1, .mapping = -1, .sentence = error, .sentence_size = error_size
	};
	const char *end = text + length;

	if (!has_lines(text, length))
		return read_object(&place, text, length, 1, take, context);
	for (size_t line = 1; text < end && !place.error; line++) {
		const char *newline = first_newline(text, (size_t)(end - text));
		const char *next = newline < end ? newline + 1 : end;

		if (!is_blank(text, (size_t)(newline - text)))
			read_object(&place, text, (size_t)(newline - text), line, take, context);
		text = next;
	}
	return place.error;
}
