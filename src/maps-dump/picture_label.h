/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written below a line of a picture: one label for neighbours of one name. */
#ifndef PICTURE_LABEL_H
#define PICTURE_LABEL_H

#include "picture.h"

enum {
	LABELLED_UNITS = 4, /* what is narrower has no label */
	LABELS_PER_LINE = LINE_UNITS / LABELLED_UNITS + 1,
};

/* What a character of a label takes, in the type that pictures use. */
#define CHARACTER_UNITS 6.5

struct label {
	double x, width;  /* up to the next label */
	double below;     /* how much of that is what it stands for */
	const char *name; /* as the text has it, without a path; "": none */
	uint64_t bytes;   /* all of that name together, in this line and others */
	size_t mappings;  /* 0, or: so many that are drawn together in this line */
	bool continued;   /* they begin in a line before */
};

/* Returns how many there are: those that have room enough to be read, the widest first of all. */
size_t labels_of_line(const struct picture *picture, const struct line *line,
		      struct label labels[LABELS_PER_LINE]);

#endif
