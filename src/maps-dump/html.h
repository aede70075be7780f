/* SPDX-License-Identifier: BSD-2-Clause */
/* A page of HTML in the making: what its parts share. */
#ifndef HTML_H
#define HTML_H

#include "capture.h"
#include "picture.h"
#include "picture_tally.h"
#include "writer.h"

struct page {
	struct writer *out;
	struct writer words; /* to memory */
	const struct capture *capture;
	struct picture picture;
	size_t number; /* of the picture, from 1 */
};

extern const char html_style[]; /* but for the palette */

/* What CSS calls so many units: the width has room for a line, and for a fold that reaches beyond
 * it. */
static inline double html_percent(double units)
{
	return units * 100 / (LINE_UNITS + FOLD_UNITS);
}

/* The classes that show an access. */
const char *html_access_class(enum access access);

/* What the colours mean, with counts and sizes. */
void html_legend(struct writer *out, const struct tally *tally);

/* All regions at one scale: each as long as what is mapped in it, and of that each kind. */
void html_strip(struct page *page, const struct tally *all);

void html_line(struct page *page, const struct line *line);

#endif
