/* SPDX-License-Identifier: BSD-2-Clause */
/* A single option by its name, wherever it was written. */
#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

struct reading;

struct setting {
	const char *name;     /* NULL: the heading of those that follow */
	const char *argument; /* as --help calls its value; NULL: it takes none */
	const char *help;     /* NULL: it is no option of the command line */
	bool (*read)(const struct reading *reading, void *to);
	size_t offset, size;      /* in the options, of what it is read to */
	double least, most;       /* of a number */
	const char *const *words; /* of an enumeration, by its numbers; NULL ends them */
	bool restart;             /* a running service can't change it */
};

/* All, as --help lists them; the last has neither name nor help. */
extern const struct setting settings[];

/* NULL: there is none of that name. */
const struct setting *setting_find(const char *name);

/* Puts it into the options. value: NULL where it takes none. False, with a sentence: it makes no
 * sense. */
bool setting_set(const struct setting *setting, struct options *options, const char *value,
		 char *error, size_t size);

/* By name, with commas between them: those that take a restart and differ. "": there are none. */
void setting_list_restart(const struct options *before, const struct options *after, char *names,
			  size_t size);

#endif
