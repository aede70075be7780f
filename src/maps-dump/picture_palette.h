/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The colours of the kinds. They are those of Okabe and Ito, which people with
 * any sort of colour blindness can tell apart; kinds that are much the same share
 * one, and names tell them apart.
 */
#ifndef PICTURE_PALETTE_H
#define PICTURE_PALETTE_H

#include "picture_tally.h"

/* Each is 0xRRGGBB. */
struct palette {
	uint32_t paper, ink;
	uint32_t soft;  /* of words that matter less */
	uint32_t rule;  /* of lines */
	uint32_t quiet; /* of folds */
	uint32_t good, warning;
	uint32_t kind[KINDS];
};

extern const struct palette palette_light, palette_dark;

/* What may only be read is paler, and what may not be accessed hardly coloured. */
uint32_t palette_pale(const struct palette *palette, uint32_t kind);
uint32_t palette_faint(const struct palette *palette, uint32_t kind);

#endif
