/* SPDX-License-Identifier: BSD-2-Clause */
/* A drawing in the making: what its parts share. A unit of a line is one of the drawing. */
#ifndef SVG_H
#define SVG_H

#include "capture.h"
#include "picture.h"
#include "picture_tally.h"
#include "writer.h"

enum {
	SVG_LEFT = 24,
	SVG_BARS = 150, /* where lines begin, right of their addresses */
	SVG_WIDTH = SVG_BARS + LINE_UNITS + FOLD_UNITS + SVG_LEFT,
};

/* Pictures from top to bottom. How high they are is known in the end, and stands at the beginning.
 */
struct svg {
	struct writer out;   /* to memory */
	struct writer words; /* to memory */
	const struct capture *capture;
	struct picture picture;
	double y;
};

/* What a block of one look is drawn with: "file read". */
void svg_look(struct svg *svg, uint32_t kind, enum access access);

/* What the colours mean, with counts and sizes. */
void svg_legend(struct svg *svg, const struct tally *tally);

/* All regions at one scale: each as long as what is mapped in it, and of that each kind. */
void svg_strip(struct svg *svg, const struct tally *all);

void svg_line(struct svg *svg, const struct line *line);

#endif
