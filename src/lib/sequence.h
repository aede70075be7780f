/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A watch over one attempt, in the kernel's words for a sequence counter
 * (Documentation/locking/seqlock.rst): begin, read, retry.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"
#include "outcome.h"

struct watch {
	const struct mapsnap_sequence *source; /* NULL: nothing to watch by */
	int maps_fd;
	uint64_t begin;
	size_t unwatched; /* mappings read since the last look */
};

/* The sequence now, with full barriers on both sides. 0 or a negative errno. */
int sequence_read(const struct mapsnap_sequence *source, int maps_fd, uint64_t *sequence);

/* Whether a read of the sequence also says that the address space is in use. */
static inline bool sequence_tells_exec(const struct mapsnap_sequence *source)
{
	return source && source->flags & MAPSNAP_SEQUENCE_TELLS_EXEC;
}

/*
 * Whether equal sequences prove that nothing changed for so long: a counter may have
 * wrapped round to the same number. NULL: no sequence is relied on.
 */
static inline bool sequence_vouches(const struct mapsnap_sequence *source, uint64_t age_ns)
{
	return !source || source->valid_ns == 0 || age_ns <= source->valid_ns;
}

static inline bool sequence_odd(uint64_t sequence)
{
	return sequence & 1;
}

/*
 * Before the first byte. DONE, CHANGED where a change is under way, or what the
 * source said.
 */
int watch_begin(struct watch *watch);

/*
 * In the middle, after so many mappings more: CHANGED once the attempt is
 * doomed. Asks the source only now and then.
 */
int watch_step(struct watch *watch, size_t mappings);

/* After the last byte: DONE where nothing changed. */
int watch_retry(struct watch *watch);

#endif
