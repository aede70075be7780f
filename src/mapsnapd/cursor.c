/* SPDX-License-Identifier: BSD-2-Clause */
#include "cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *cursor_print(const struct cursor *cursor, char text[CURSOR_SIZE])
{
	snprintf(text, CURSOR_SIZE, "%016" PRIx64 "-%" PRIu64, cursor->instance, cursor->event);
	return text;
}

/* As it was printed, and not otherwise. */
bool cursor_parse(const char *text, struct cursor *cursor)
{
	char again[CURSOR_SIZE];

	/* NOLINTNEXTLINE(cert-err34-c): what does not fit is not printed so */
	return sscanf(text, "%16" SCNx64 "-%20" SCNu64, &cursor->instance, &cursor->event) == 2 &&
	       cursor->event && strcmp(cursor_print(cursor, again), text) == 0;
}
