/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file: a setting a line, as mapsnapd.conf(5) has it. */
#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include <stdbool.h>
#include <stdio.h>

#include "options.h"

/*
 * Puts it into the options. False, with a sentence: it can't be read, or a line of it makes
 * no sense.
 */
bool configuration_read(FILE *file, struct options *options, const char *path, char *error,
			size_t size);

#endif
