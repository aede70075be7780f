/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line, taken apart once: it holds for as long as the program runs. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stddef.h>

#include "setting.h"

/* Points into the command line. */
struct argument {
	const struct setting *setting;
	const char *value; /* NULL: it takes none */
};

struct arguments {
	struct argument *list; /* as they were given */
	size_t count;
	const char *config;  /* path; NULL: the usual one, which need not exist */
	const char *oneshot; /* the file for metrics, "-": standard output; NULL: to serve */
};

/* Ends the program where there is no such option, or it was asked for help. */
void arguments_parse(int argc, char **argv, struct arguments *arguments);
void arguments_free(struct arguments *arguments);

#endif
