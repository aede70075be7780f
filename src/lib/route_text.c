/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of /proc/PID/maps by pread(2): every kernel has it, and it is the
 * reference for what the other routes give.
 *
 * The kernel fills one page a call, however large the buffer, with whole
 * lines; it remembers where it was, and starts anew at offset 0. A line longer
 * than the buffer arrives in pieces.
 */
#include "route.h"

#include <string.h>

#include "parser.h"

/* Parses whole lines, which end at `end`. */
static int take_lines(struct reading *reading, const char *text, const char *end)
{
	struct builder *builder = reading->builder;
	int r;

	while (text < end) {
		text = parse_line(text, end, builder_slot(builder));
		reading->line++;
		if (!text)
			return MALFORMED;
		r = builder_take(builder);
		if (r)
			return r;
	}
	return reading_torn(reading) ? CHANGED : DONE;
}

/*
 * Parses what is whole of *filled bytes and moves the rest to the front, of
 * which *filled then tells the length.
 */
static int take_whole(struct reading *reading, size_t *filled)
{
	struct builder *builder = reading->builder;
	const char *newline = memrchr(builder->buffer, '\n', *filled);
	size_t whole = newline ? (size_t)(newline + 1 - builder->buffer) : 0;
	int r = take_lines(reading, builder->buffer, builder->buffer + whole);

	if (r)
		return r;
	*filled -= whole;
	memmove(builder->buffer, builder->buffer + whole, *filled);
	return *filled == builder->buffer_size ? builder_grow_buffer(builder) : DONE;
}

static int read_text(struct reading *reading)
{
	struct builder *builder = reading->builder;
	off_t offset = 0;
	size_t filled = 0; /* bytes of an unfinished line at the front */

	for (;;) {
		size_t before = reading->line;
		ssize_t n = reading->kernel->pread(reading->maps_fd, builder->buffer + filled,
						   builder->buffer_size - filled, offset);
		int r;

		if (n < 0)
			return (int)n;
		if (n == 0)
			return filled ? MALFORMED : DONE;
		offset += n;
		filled += (size_t)n;
		r = take_whole(reading, &filled);
		if (r == DONE)
			r = watch_step(reading->watch, reading->line - before);
		if (r)
			return r;
	}
}

const struct route route_text = {
	.id = MAPSNAP_ROUTE_TEXT,
	.escaped = true,
	.read = read_text,
};
