/* SPDX-License-Identifier: BSD-2-Clause */
/* Which generation a sample belongs to. */
#ifndef MOMENT_H
#define MOMENT_H

#include "generation.h"
#include "mapsnap-table.h"

/* Between two generations next to each other, or at one of them. */
struct moment {
	const struct generation *before; /* held at the moment, or the last before it; NULL: none */
	const struct generation *after;  /* the first after it; NULL: none, or `before` held */
	bool held;                       /* `before` did */
};

/* In a section. latest is not NULL. */
struct moment moment_find(const struct generation *latest, const struct mapsnap_sample *sample);

/* Whether its program began later than that. */
bool moment_is_before_program(const struct generation *generation, uint64_t time_ns);

/* Whether nothing at this address changed between the two. */
bool moment_is_untouched(const struct moment *moment, uint64_t address);

#endif
