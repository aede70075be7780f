/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a target promises of its arena, in memory that it shares with whoever
 * checks.
 *
 * Static mappings stand for ever. A slot goes through its shapes in a circle,
 * each by one change, and the slots take turns: change number n moves slot
 * n % slots on to its next shape. So the number of changes done fixes every
 * mapping of the arena. A list of mappings that held at one instant is what a
 * number of changes makes, one that was reached while the list was read; what
 * mixes instants is no such thing as soon as it shows a change without an
 * earlier one.
 */
#ifndef INVARIANT_H
#define INVARIANT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

/* A file as maps shows it. The first stands for none: zeros and "". */
struct invariant_file {
	uint64_t inode;
	uint64_t name_at; /* bytes from the start of struct invariant */
	uint32_t device_major;
	uint32_t device_minor;
};

/* A mapping as it must be. */
struct expected {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint32_t permissions;
	uint32_t file; /* index */
};

/* So many expected mappings, in a row among the moving ones. */
struct shape {
	uint32_t first;
	uint32_t count;
};

/* The head; the arrays follow at these distances, in bytes from its start. */
struct invariant {
	uint64_t size; /* of all of it */
	uint64_t arena_start;
	uint64_t arena_end;
	uint64_t files_at;
	uint64_t statics_at; /* ascending */
	uint64_t moving_at;
	uint64_t shapes_at; /* those of slot 0, then those of slot 1... */
	uint32_t statics;
	uint32_t slots;
	uint32_t shapes; /* of each slot */
	uint32_t reserved;
	/*
	 * Two for each change done, and odd while one is under way: a sequence
	 * in the sense of mapsnap.h, for this arena.
	 */
	_Atomic uint64_t sequence;
};

/* The sequence now, with full barriers on both sides. */
uint64_t invariant_sequence(const struct invariant *invariant);

/* Around each change; only the target calls these. */
void invariant_change_begin(struct invariant *invariant);
void invariant_change_end(struct invariant *invariant);

/*
 * Whether these are the mappings of a process at one instant between two
 * sequences: in order, and in the arena exactly what a number of changes makes
 * that was reached in between. Where not, `why` says so in a sentence.
 */
bool invariant_holds(const struct invariant *invariant, const struct mapsnap_mapping *mappings,
		     size_t count, uint64_t before, uint64_t after, char *why, size_t size);

#endif
