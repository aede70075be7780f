/* SPDX-License-Identifier: BSD-2-Clause */
#include "sketch.h"

#include <string.h>

#include "text.h"
#include "unit.h"

static char text[16 * 1024 * 1024];
static size_t length;
static uint64_t next;

void sketch_begin(uint64_t start)
{
	length = 0;
	next = start;
}

void sketch_leave(int64_t gap)
{
	next += (uint64_t)gap;
}

void sketch_map(uint64_t size, const char *permissions, const char *name)
{
	const struct mapsnap_mapping mapping = {
		.start = next,
		.end = next + size,
		.name = name,
		.name_length = (uint32_t)strlen(name),
		.permissions = (uint16_t)((permissions[0] == 'r' ? MAPSNAP_READ : 0) |
					  (permissions[1] == 'w' ? MAPSNAP_WRITE : 0) |
					  (permissions[2] == 'x' ? MAPSNAP_EXECUTE : 0) |
					  (permissions[3] == 's' ? MAPSNAP_SHARED : 0)),
	};

	assert_true(length + 2 * LONG_NAME < sizeof(text));
	length += text_line(text + length, &mapping);
	next += size;
}

struct mapsnap *sketch_snapshot(void)
{
	return text_parsed(text, length);
}
