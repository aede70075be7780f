/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena of a target, far from what libc maps: static mappings, and among
 * them the places of those that change.
 */
#ifndef TARGET_ARENA_H
#define TARGET_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "invariant.h"
#include "target_files.h"

struct target_mode;

enum target_backing {
	TARGET_MIXED,
	TARGET_ANONYMOUS,
	TARGET_FILES,
};

struct expected_list {
	struct expected *list;
	size_t count;
	size_t size;
};

struct target_arena {
	const struct target_mode *mode;
	const struct target_files *files;
	enum target_backing backing;
	uint64_t page; /* bytes */
	uint64_t start;
	uint64_t next; /* where the next mapping may begin */
	unsigned int slots;
	unsigned int place_pages;
	uint64_t *places; /* where each begins, ascending */
	struct expected_list statics;
	struct expected_list moving;
	struct shape *shapes;
	size_t shape_count;
};

/* Lays it out; arenas of different numbers have no address in common. Exits where it can't. */
void target_arena_plan(struct target_arena *arena, const struct target_mode *mode,
		       const struct target_files *files, enum target_backing backing,
		       unsigned int statics, unsigned int number);

/* Maps all of it, the slots in their first shape. Exits where it can't. */
void target_arena_make(const struct target_arena *arena);

/* Writes the promise into this file, and returns it mapped. */
struct invariant *target_arena_publish(const struct target_arena *arena, int fd);

/* For the modes. */

/* Pages [from, to) of a slot's place, mapped in one. */
struct target_piece {
	unsigned int which; /* place: 0, or 1 for the far one */
	unsigned int from;
	unsigned int to;
	uint32_t permissions;
	uint32_t file;
};

/* Begins the next shape of a slot. */
void target_arena_shape(struct target_arena *arena);

/* Adds a mapping to it. */
void target_arena_piece(struct target_arena *arena, unsigned int slot, struct target_piece piece);

/* The file to use for a slot: none for every other one. */
uint32_t target_arena_file(const struct target_arena *arena, unsigned int slot);

/* The first mapping of a slot's shape. */
const struct expected *target_arena_expected(const struct target_arena *arena, unsigned int slot,
					     unsigned int shape);

/* The address of a page in a slot's place. */
uint64_t target_arena_at(const struct target_arena *arena, unsigned int slot, unsigned int which,
			 unsigned int page);

/* System calls, checked. */
void target_map(const struct expected *expected, int fd);
void target_arena_map(const struct target_arena *arena, const struct expected *expected);
void target_arena_unmap(uint64_t start, uint64_t end);
void target_arena_protect(uint64_t start, uint64_t end, uint32_t permissions);
void target_arena_remap(uint64_t start, uint64_t end, uint64_t to, uint64_t to_end);

#endif
