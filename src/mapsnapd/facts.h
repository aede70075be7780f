/* SPDX-License-Identifier: BSD-2-Clause */
/* What a snapshot says that somebody may want to be woken for. */
#ifndef FACTS_H
#define FACTS_H

#include <stdint.h>

#include "mapsnap.h"

struct facts {
	uint32_t mappings;
	uint32_t writable_executable; /* of them */
	uint32_t deleted;             /* of them, of files that are not there any more */
};

/* Costs a look at each mapping. */
struct facts facts_of(const struct mapsnap *snapshot);

#endif
