/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes that are in the table: targets of several modes, and each one's seats. */
#ifndef TABLE_TORTURE_CAST_H
#define TABLE_TORTURE_CAST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "invariant.h"
#include "started.h"

#define CAST_MOST_TARGETS 8
#define CAST_MOST_PARTS   16

/* Whoever sits on a seat. */
struct cast_part {
	const struct invariant *invariant;
	uint32_t seat;
	/* What the table must know of it by now: nothing that was before. */
	_Atomic uint64_t floor;
	_Atomic uint64_t outs; /* odd while it is taken out of the table */
};

struct table_cast {
	struct started targets[CAST_MOST_TARGETS];
	size_t targets_count;
	struct cast_part parts[CAST_MOST_PARTS];
	size_t count;
};

/* A seat at one instant, and whose it is; of the one before where the number is odd. */
struct cast_look {
	struct invariant_moment moment;
	pid_t pid;
};

/* Starts all; forks: also one whose children can't be told apart by their mappings. */
void cast_start(struct table_cast *cast, bool forks);
void cast_end(struct table_cast *cast);

/* What a part's target does, for people. */
const char *cast_mode(const struct table_cast *cast, const struct cast_part *part);

struct cast_look cast_look(const struct cast_part *part);

/* Whether each address space there has a pid of its own. */
bool cast_has_own_pids(const struct cast_part *part);

/* From now on nothing before this moment may be answered as the latest. */
void cast_raise_floor(struct cast_part *part, const struct invariant_moment *moment);

/* The first moment that may be, in the process that had this number. */
struct invariant_moment cast_floor(const struct cast_part *part, uint64_t number);

#endif
