/* SPDX-License-Identifier: BSD-2-Clause */
#include "terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool wants_colours(void)
{
	const char *no = getenv("NO_COLOR");
	const char *kind = getenv("TERM");

	return !(no && *no) && kind && strcmp(kind, "dumb") != 0;
}

static unsigned int width_of(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

struct terminal terminal_of(int fd)
{
	if (!isatty(fd))
		return (struct terminal){ .utf8 = true };
	return (struct terminal){
		.is_one = true,
		.colours = wants_colours(),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.width = width_of(fd),
	};
}

/* SGR of ECMA-48, in the eight colours that every terminal lets its user choose. */
const char *terminal_begin(const struct terminal *terminal, enum style style)
{
	static const char *const begin[] = {
		[STYLE_PLAIN] = "",         [STYLE_HEADING] = "\033[1m",
		[STYLE_ADDED] = "\033[32m", [STYLE_REMOVED] = "\033[31m",
		[STYLE_NOTE] = "\033[36m",  [STYLE_ALARM] = "\033[1;31m",
	};

	return terminal->colours ? begin[style] : "";
}

const char *terminal_end(const struct terminal *terminal, enum style style)
{
	return terminal->colours && style != STYLE_PLAIN ? "\033[0m" : "";
}
