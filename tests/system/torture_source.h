/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence sources that the torture can give to the library. */
#ifndef TORTURE_SOURCE_H
#define TORTURE_SOURCE_H

#include <stdbool.h>

#include "invariant.h"
#include "mapsnap.h"

struct torture_source {
	struct mapsnap_sequence sequence; /* first: the library hands it back */
	const struct invariant *invariant;
};

/*
 * Makes the source of this name for a target:
 *
 *   none    the library has nothing to verify by
 *   target  the target's own word: odd while it makes a change
 *   liar    says that nothing ever changes; the torture must find that out
 *
 * Returns what to put into the options, or NULL for none. False where there is
 * no such source.
 */
bool torture_source_make(struct torture_source *source, const char *name,
			 const struct invariant *invariant,
			 const struct mapsnap_sequence **sequence);

#endif
