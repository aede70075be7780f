/* SPDX-License-Identifier: BSD-2-Clause */
#include "command_line.h"

#include <stdio.h>
#include <stdlib.h>

#include "die.h"

void command_line_parse(const struct command_line *line, void *settings, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", line->options, NULL)) != -1) {
		if (option == '?')
			die_misused("no such option");
		if (option == 'h') {
			fputs(line->usage, stdout);
			exit(0);
		}
		line->set(settings, option, optarg);
	}
	if (optind < argc)
		die_misused("there are no arguments beside the options");
}
