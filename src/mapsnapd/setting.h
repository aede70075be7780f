/* SPDX-License-Identifier: BSD-2-Clause */
/* A single option by its name, wherever it was written. */
#ifndef SETTING_H
#define SETTING_H

#include <argp.h>
#include <stdbool.h>

#include "options.h"

/* As --help lists them. */
extern const struct argp_option setting_table[];

/* argp has keys of its own. */
bool setting_exists(int key);

/* The key of this name that may stand in a file; 0: there is none. */
int setting_key(const char *name);

/* Puts it into the options. value: NULL where it takes none. False, with a sentence: it makes no
 * sense. */
bool setting_set(struct options *options, int key, const char *value, char *error, size_t size);

/* One more process. */
bool setting_add_pid(struct options *options, const char *value, char *error, size_t size);

#endif
