/* SPDX-License-Identifier: BSD-2-Clause */
/* From saved text to a snapshot. */
#include <errno.h>
#include <string.h>

#include "builder.h"
#include "parser.h"
#include "snapshot.h"

/* A name can't hold a NUL; the line that does is not the kernel's. */
static bool has_nul(const char *line, const char *next)
{
	return memchr(line, '\0', (size_t)(next - line)) != NULL;
}

/* Counts in *number the line that it is at. */
static int take_lines(struct builder *builder, const char *text, const char *end, size_t *number)
{
	for (*number = 1; text < end; ++*number) {
		const char *next = parse_line(text, end, builder_slot(builder));
		int r;

		if (!next || has_nul(text, next))
			return -EBADMSG;
		r = builder_take(builder);
		if (r)
			return r;
		text = next;
	}
	return 0;
}

/* A last line without its newline was cut off. */
static int take_text(struct builder *builder, const char *text, size_t length, size_t *number)
{
	const char *newline = length ? memrchr(text, '\n', length) : NULL;
	const char *end = newline ? newline + 1 : text;
	int r = take_lines(builder, text, end, number);

	return r == 0 && end != text + length ? -EBADMSG : r;
}

/* The exact number, so that nothing has to grow or be given back. */
static size_t count_lines(const char *text, size_t length)
{
	const char *end = text + length;
	size_t lines = 0;

	while (text < end && (text = memchr(text, '\n', (size_t)(end - text)))) {
		lines++;
		text++;
	}
	return lines;
}

int mapsnap_parse(const char *text, size_t length, struct mapsnap **snapshot, size_t *line)
{
	const struct want want = { .end = UINT64_MAX };
	struct mapsnap_info info = {
		.reason = MAPSNAP_REASON_SAVED,
		.route = MAPSNAP_ROUTE_TEXT,
	};
	struct builder builder;
	size_t number;
	int r = builder_init(&builder, &want, count_lines(text, length), 0, false);

	if (r)
		return r;
	builder_clear(&builder, true);
	r = take_text(&builder, text, length, &number);
	if (builder.torn)
		info.reason = MAPSNAP_REASON_TORN;
	if (r == 0)
		r = snapshot_build(&builder, &info, snapshot);
	builder_free(&builder);
	if (r == -EBADMSG && line)
		*line = number;
	return r;
}
