/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address space drawn like a text: lines from left to right, addresses
 * ascending, and what does not fit in a line goes on in the next. Regions have
 * a scale each; within a region everything is to scale but for the folds, which
 * stand for long gaps. It is all in units of a line, see picture_scale.h; what a
 * unit is on paper or a screen is the writer's.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include "mapsnap.h"
#include "picture_block.h"
#include "picture_scale.h"

/* However many mappings there are. */
enum {
	PICTURE_LINES = 64,
	PICTURE_PIECES = 8192,
};

/* A block, or as much of it as is in this line; or, without a block, a fold. */
struct piece {
	double x, width;
	const struct block *block;
	uint64_t distance; /* of a fold */
	bool back;         /* a fold towards lower addresses: what was read is torn */
	bool continued;    /* the block begins in a line before */
};

struct line {
	uint64_t address; /* at its left end */
	size_t first, pieces;
};

/* Lines of one scale. */
struct region {
	uint64_t start, end;
	uint8_t scale;
	size_t first, lines;
	size_t first_block, blocks;
};

struct picture {
	const struct mapsnap *snapshot;
	struct blocks blocks;
	struct piece *pieces;
	size_t piece_count;
	struct line *lines;
	size_t line_count;
	struct region *regions;
	size_t region_count;
};

/* As sharp as PICTURE_LINES and PICTURE_PIECES allow; the snapshot must stay. Returns 0 or -ENOMEM.
 */
int picture_make(const struct mapsnap *snapshot, struct picture *picture);

void picture_free(struct picture *picture);

#endif
