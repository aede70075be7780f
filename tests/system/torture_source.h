/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence sources that the torture can give to the library. */
#ifndef TORTURE_SOURCE_H
#define TORTURE_SOURCE_H

#include <stdbool.h>

#include "invariant.h"
#include "mapsnap.h"

struct mapsnap_bpf;

struct torture_source {
	struct mapsnap_sequence sequence; /* first: the library hands it back */
	const struct invariant *invariant;
	struct mapsnap_bpf *bpf; /* or NULL */
};

/*
 * Makes the source of this name for a target:
 *
 *   none    the library has nothing to verify by
 *   ioctl   the kernel's own
 *   bpf     the kernel's, by eBPF
 *   auto    the first of these two that may be had, else none
 *   target  the target's own word: odd while it makes a change
 *   liar    says that nothing ever changes; the torture must find that out
 *
 * Writes what to put into the options. False where there is no such source; one
 * that can't be had here ends the program.
 */
bool torture_source_make(struct torture_source *source, const char *name,
			 const struct invariant *invariant,
			 const struct mapsnap_sequence **sequence);
void torture_source_end(struct torture_source *source);

#endif
