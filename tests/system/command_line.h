/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of a program that takes nothing else. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <getopt.h>

struct command_line {
	const char *usage;            /* printed for --help, which is not told */
	const struct option *options; /* as of getopt_long(); each has a val of its own */
	/* Called for each that was given. value: NULL where it takes none. */
	void (*set)(void *settings, int option, const char *value);
};

/* Ends the program after --help, or where the command line is wrong. */
void command_line_parse(const struct command_line *line, void *settings, int argc, char **argv);

#endif
