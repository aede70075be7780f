/* SPDX-License-Identifier: BSD-2-Clause */
/* --check: what this machine and user can give. */
#ifndef CHECK_H
#define CHECK_H

#include "options.h"
#include "source.h"
#include "status.h"
#include "writer.h"

/* Finds out by trying, and says it to the writer. */
enum status check(const struct options *options, const struct source *source,
		  struct writer *writer);

#endif
