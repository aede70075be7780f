/* SPDX-License-Identifier: BSD-2-Clause */
#include "markup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* U+FFFE and U+FFFF are UTF-8, but no characters: a parser of XML stops there. */
static bool is_noncharacter(const char *p)
{
	return strncmp(p, "\xef\xbf\xbe", 3) == 0 || strncmp(p, "\xef\xbf\xbf", 3) == 0;
}

static bool is_plain(const char *p)
{
	return (unsigned char)*p >= 0x20 && !strchr("&<>\"'\x7f", *p) && !is_noncharacter(p);
}

/* Returns how many bytes the character at p has, which is not plain. */
static size_t write_reference(struct writer *writer, const char *p)
{
	unsigned char c = (unsigned char)*p;

	if (is_noncharacter(p)) {
		writer_string(writer, REPLACEMENT);
		return strlen(REPLACEMENT);
	}
	if (c == '\n' || (c >= 0x20 && c != 0x7f))
		writer_printf(writer, "&#%u;", c);
	else
		writer_printf(writer, "\\%03o", c);
	return 1;
}

void markup_string(struct writer *writer, const char *string)
{
	char *characters = utf8_replaced(string, strlen(string));
	const char *p = characters;

	if (!characters) {
		writer->error = -ENOMEM;
		return;
	}
	while (*p) {
		const char *begin = p;

		while (*p && is_plain(p))
			p++;
		writer_bytes(writer, begin, (size_t)(p - begin));
		if (*p)
			p += write_reference(writer, p);
	}
	free(characters);
}

void markup_words(struct writer *writer, struct writer *words)
{
	writer_bytes(words, "", 1);
	if (words->error)
		writer->error = words->error;
	else
		markup_string(writer, words->buffer);
	words->used = 0;
}
