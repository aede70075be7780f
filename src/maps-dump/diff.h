/* SPDX-License-Identifier: BSD-2-Clause */
/* --diff: how the mappings of two captures differ. */
#ifndef DIFF_H
#define DIFF_H

#include "options.h"
#include "output.h"

/* As diff(1) exits. */
enum {
	DIFF_SAME,
	DIFF_DIFFERENT,
	DIFF_TROUBLE
};

/* Reads both targets, and says it to the output. Returns how to exit. */
int diff(const struct options *options, struct output *output);

#endif
