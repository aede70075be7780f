/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a picture draws in one piece: a mapping, or several neighbours that are
 * too narrow to be told apart.
 */
#ifndef PICTURE_BLOCK_H
#define PICTURE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

enum {
	NARROW_UNITS = 2,  /* what is narrower, mapping or gap, may be drawn together */
	JOINED_UNITS = 16, /* how wide that becomes at most */
};

struct block {
	uint64_t start, end; /* what it stands for, with gaps in it */
	uint64_t bytes;      /* of that, mapped */
	const struct mapsnap_mapping *first;
	size_t number, mappings; /* from this number on in the snapshot, and how many */
	uint8_t scale;
	bool alike;    /* all of them have the kind and permissions of the first, and touch */
	bool one_name; /* all of them have the name of the first */
};

struct blocks {
	struct block *list;
	size_t count;
};

/* scales: one for each mapping. Returns 0 or -ENOMEM. */
int blocks_make(const struct mapsnap *snapshot, const uint8_t *scales, struct blocks *blocks);

void blocks_free(struct blocks *blocks);

#endif
