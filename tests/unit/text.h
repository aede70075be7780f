/* SPDX-License-Identifier: BSD-2-Clause */
/* Made-up maps as text, written as the kernel does it, and snapshots of text. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

/* The same numbers in each run. */
struct random {
	uint64_t state; /* begin with a constant that is not 0 */
};

uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t n);

/* No line of a name shorter than this many bytes is longer than twice that. */
#define LONG_NAME 256

/*
 * The line of this mapping by the formats of fs/proc/task_mmu.c, ended by a
 * NUL; returns its length. The buffer has room for 128 bytes and the name.
 */
size_t text_line(char *buffer, const struct mapsnap_mapping *mapping);

/*
 * A random address space of so many mappings, with gaps and without, the
 * first perhaps at 0, the last perhaps up to the last byte but one. The caller
 * frees it.
 */
char *text_made_up(struct random *random, size_t mappings, size_t *length);

/* The snapshot of text that must be right. The text is given from a block of just its size. */
struct mapsnap *text_parsed(const char *text, size_t length);

/* What mapsnap_format() makes of a snapshot, ended by a NUL; the caller frees it. */
char *text_of(const struct mapsnap *snapshot, size_t *length);

#endif
