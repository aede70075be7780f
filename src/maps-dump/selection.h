/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mappings are shown: those that have all that was asked for. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stdbool.h>

#include "mapsnap.h"

struct selection {
	bool executable;
	bool file;      /* backed by a file, memfd and shared memory included */
	bool deleted;   /* a file that is deleted or replaced on disk */
	uint64_t start; /* overlaps this range, inclusive */
	uint64_t last;  /* inclusive, so that it can be the last byte there is */
};

/* Everything. */
#define SELECTION_ALL ((struct selection){ .last = UINT64_MAX })

bool selection_is_all(const struct selection *selection);

bool selection_has(const struct selection *selection, const struct mapsnap_mapping *mapping);

bool selection_same(const struct selection *a, const struct selection *b);

/* What both have. */
struct selection selection_both(const struct selection *a, const struct selection *b);

/* Asks the library for no more than that, so that less is read. */
void selection_narrow(const struct selection *selection, struct mapsnap_options *options);

#endif
