/* SPDX-License-Identifier: BSD-2-Clause */
/* All targets, one after the other, in the format that was asked for. */
#ifndef DUMP_H
#define DUMP_H

#include "options.h"
#include "output.h"
#include "status.h"

enum status dump(const struct options *options, struct output *output);

#endif
