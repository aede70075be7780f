/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "array.h"

/* From one that is as good as none to one at which each page is clear. */
#define SHARPNESS_STEPS 22

static int add_piece(struct picture *picture, const struct piece *piece)
{
	struct piece *list = array_grow(picture->pieces, picture->piece_count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	picture->pieces = list;
	list[picture->piece_count++] = *piece;
	picture->lines[picture->line_count - 1].pieces++;
	return 0;
}

static int add_line(struct picture *picture, uint64_t address)
{
	struct line *list = array_grow(picture->lines, picture->line_count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	picture->lines = list;
	list[picture->line_count++] = (struct line){
		.address = address,
		.first = picture->piece_count,
	};
	picture->regions[picture->region_count - 1].lines++;
	return 0;
}

static int add_region(struct picture *picture, size_t first_block)
{
	struct region *list = array_grow(picture->regions, picture->region_count, sizeof(*list));
	const struct block *block = &picture->blocks.list[first_block];

	if (!list)
		return -ENOMEM;
	picture->regions = list;
	list[picture->region_count++] = (struct region){
		.start = block->start,
		.scale = block->scale,
		.first = picture->line_count,
		.first_block = first_block,
	};
	return 0;
}

/* A fold may reach beyond the end of its line, so that its size can be read. */
static int place_gap(struct picture *picture, const struct block *from, const struct block *to,
		     double *x)
{
	uint64_t distance = scale_distance(from->end, to->start);
	bool back = to->start < from->end;
	double units = scale_units(distance, to->scale);
	int error = 0;

	if (back || units >= FOLD_UNITS) {
		units = FOLD_UNITS;
		error = add_piece(picture, &(struct piece){ .x = *x,
							    .width = units,
							    .distance = distance,
							    .back = back });
	}
	*x += units;
	return error;
}

static int place_block(struct picture *picture, const struct block *block, double *x)
{
	double left = scale_units(block->end - block->start, block->scale), done = 0;
	bool continued = false;
	int error = 0;

	do {
		double width;

		if (*x >= LINE_UNITS) {
			uint64_t shown = (uint64_t)ldexp(done, block->scale);

			error = add_line(picture, block->start + shown);
			*x = 0;
		}
		width = fmin(left - done, LINE_UNITS - *x);
		if (!error)
			error = add_piece(picture, &(struct piece){ .x = *x,
								    .width = width,
								    .block = block,
								    .continued = continued });
		continued = true;
		done += width;
		*x += width;
	} while (!error && done < left);
	return error;
}

static int place_blocks(struct picture *picture)
{
	const struct block *before = NULL;
	double x = 0;
	int error = 0;

	for (size_t i = 0; i < picture->blocks.count && !error; i++) {
		const struct block *block = &picture->blocks.list[i];
		struct region *region;

		if (!before || before->scale != block->scale) {
			error = add_region(picture, i);
			x = LINE_UNITS;
		} else {
			error = place_gap(picture, before, block, &x);
		}
		if (!error)
			error = place_block(picture, block, &x);
		if (error)
			break;
		region = &picture->regions[picture->region_count - 1];
		region->blocks++;
		region->end = block->end;
		before = block;
	}
	return error;
}

static int make(const struct mapsnap *snapshot, double sharpness, uint8_t *scales,
		struct picture *picture)
{
	int error = scales_choose(snapshot, sharpness, scales);

	picture_free(picture);
	picture->snapshot = snapshot;
	if (!error)
		error = blocks_make(snapshot, scales, &picture->blocks);
	if (!error)
		error = place_blocks(picture);
	return error;
}

/* A picture of few mappings need not be large to be clear. */
static bool fits(const struct picture *picture, size_t mappings)
{
	size_t lines = 4 + mappings / 12;

	return picture->line_count <= (lines < PICTURE_LINES ? lines : PICTURE_LINES) &&
	       picture->piece_count <= PICTURE_PIECES;
}

/* At no sharpness at all everything is in a line. */
static double sharpness_of(int step)
{
	return step ? ldexp(1, step - 9) : 0;
}

int picture_make(const struct mapsnap *snapshot, struct picture *picture)
{
	uint8_t *scales = malloc(mapsnap_count(snapshot) + 1);
	int fitting = 0, too_sharp = SHARPNESS_STEPS;
	int error = scales ? 0 : -ENOMEM;

	*picture = (struct picture){ 0 };
	while (!error && too_sharp - fitting > 1) {
		int middle = (fitting + too_sharp) / 2;

		error = make(snapshot, sharpness_of(middle), scales, picture);
		if (fits(picture, mapsnap_count(snapshot)))
			fitting = middle;
		else
			too_sharp = middle;
	}
	if (!error)
		error = make(snapshot, sharpness_of(fitting), scales, picture);
	if (error)
		picture_free(picture);
	free(scales);
	return error;
}

void picture_free(struct picture *picture)
{
	blocks_free(&picture->blocks);
	free(picture->pieces);
	free(picture->lines);
	free(picture->regions);
	*picture = (struct picture){ 0 };
}
