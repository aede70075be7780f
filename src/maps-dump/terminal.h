/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether somebody looks at what is printed, and what their terminal can take. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct terminal {
	bool is_one;
	bool colours;       /* never with NO_COLOR, see no-color.org, nor on a dumb one */
	bool utf8;          /* what is not a terminal is taken to know UTF-8 */
	unsigned int width; /* in columns; 0: no limit */
};

/* Uses the locale that the program has set. */
struct terminal terminal_of(int fd);

enum style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_ADDED,
	STYLE_REMOVED,
	STYLE_NOTE,
	STYLE_ALARM
};

/* What begins and what ends a style there; "" where it has no colours. */
const char *terminal_begin(const struct terminal *terminal, enum style style);
const char *terminal_end(const struct terminal *terminal, enum style style);

#endif
