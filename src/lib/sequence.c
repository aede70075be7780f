/* SPDX-License-Identifier: BSD-2-Clause */
#include "sequence.h"

#include <stdatomic.h>

/*
 * So many mappings take 150 us or more by any route, and a sequence read 1 to
 * 1.5 us: the price of ending a doomed attempt early stays below 1%.
 */
#define MAPPINGS_A_LOOK 512

/*
 * The maps must be read after the first sequence and before the second. A
 * system call is no barrier on every architecture (arm64), so each sequence
 * read has its own fences.
 */
int sequence_read(const struct mapsnap_sequence *source, int maps_fd, uint64_t *sequence)
{
	int r;

	atomic_thread_fence(memory_order_seq_cst);
	r = source->read(source, maps_fd, sequence);
	atomic_thread_fence(memory_order_seq_cst);
	return r;
}

int watch_begin(struct watch *watch)
{
	int r;

	watch->unwatched = 0;
	if (!watch->source)
		return DONE;
	r = sequence_read(watch->source, watch->maps_fd, &watch->begin);
	if (r)
		return r;
	return sequence_odd(watch->begin) ? CHANGED : DONE;
}

int watch_retry(struct watch *watch)
{
	uint64_t now;
	int r;

	if (!watch->source)
		return DONE;
	r = sequence_read(watch->source, watch->maps_fd, &now);
	if (r)
		return r;
	return now == watch->begin ? DONE : CHANGED;
}

int watch_step(struct watch *watch, size_t mappings)
{
	watch->unwatched += mappings;
	if (watch->unwatched < MAPPINGS_A_LOOK)
		return DONE;
	watch->unwatched = 0;
	return watch_retry(watch);
}
