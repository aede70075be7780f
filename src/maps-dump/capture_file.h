/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures from files. Says on stderr what went wrong. */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

#include "capture.h"
#include "options.h"
#include "status.h"

/*
 * What a file holds, "-" being standard input: saved text, saved JSON, or,
 * where a procfs is mounted somewhere else than at /proc, a living process.
 */
enum status capture_file(const char *path, const struct options *options,
			 struct captures *captures);

#endif
