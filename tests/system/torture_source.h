/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence sources that the torture can give to the library. */
#ifndef TORTURE_SOURCE_H
#define TORTURE_SOURCE_H

#include <stdbool.h>

#include "mapsnap.h"
#include "torture_subject.h"

struct torture_source {
	struct mapsnap_sequence sequence; /* first: the library hands it back */
	const struct torture_subject *subject;
};

/*
 * Makes the source of this name:
 *
 *   none    the library has nothing to verify by
 *   ioctl   the kernel's own
 *   bpf     the kernel's, by eBPF
 *   auto    the first of these two that may be had, else none
 *   target  the target's own word: odd while it makes a change, -ESRCH when it has ended
 *   liar    says that nothing ever changes or ends; the torture must find that out
 *
 * Writes what to put into the options, until kernel_source_close(). False where there is
 * no such source; one that can't be had here ends the program.
 */
bool torture_source_make(struct torture_source *source, const char *name,
			 const struct mapsnap_sequence **sequence);

/* Says what is read next; the target's own word is about that. */
void torture_source_of(struct torture_source *source, const struct torture_subject *subject);

#endif
