/* SPDX-License-Identifier: BSD-2-Clause */
/* What was observed, as the documentation shows it. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "observation.h"

/* Everything above the first row. */
void table_begin(FILE *out);

void table_row(FILE *out, const struct operation *operation, const struct observation *seen);

#endif
