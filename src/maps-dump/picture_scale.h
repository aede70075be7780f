/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * At which scale a picture shows each mapping. One scale for all would draw
 * either a heap of gigabytes or a page of 4 KiB, so neighbours share one and
 * others have another: a scale is 2^scale bytes to a unit, of which a line has
 * LINE_UNITS.
 */
#ifndef PICTURE_SCALE_H
#define PICTURE_SCALE_H

#include <stdint.h>

#include "mapsnap.h"

enum {
	LINE_UNITS = 1024,
	FOLD_UNITS = 64,   /* what a folded gap takes; a shorter one is drawn to scale */
	RULER_UNITS = 128, /* the length of the ruler that shows a scale */
	SCALE_FINEST = 8,
	SCALE_COARSEST = 54, /* all of 64 bits is one line */
};

/* How many units the bytes take, unfolded. */
double scale_units(uint64_t bytes, unsigned int scale);

/* How far it is from one address to the next that is shown, whichever way. */
uint64_t scale_distance(uint64_t from, uint64_t to);

/*
 * Fills scales with a scale for each mapping of the snapshot, in its order.
 * sharpness is how many units of room it is worth to draw a narrow mapping at
 * twice its width; 0: everything in a line. Returns 0 or -ENOMEM.
 */
int scales_choose(const struct mapsnap *snapshot, double sharpness, uint8_t *scales);

#endif
