/* SPDX-License-Identifier: BSD-2-Clause */
/* Every form of line that the kernel prints, with its fields. */
#ifndef FORMS_H
#define FORMS_H

#include <stddef.h>

#include "mapsnap.h"

struct form {
	const char *header;        /* up to the space behind the inode */
	struct mapsnap_mapping is; /* but for path, kind and flags */
};

extern const struct form forms[];
extern const size_t forms_count;

/* No line is as long as this. */
#define FORM_SIZE 256

/* The line: a name stands at column 73 (the first is 0), or a space behind a longer header. */
size_t form_text(const struct form *form, char *text);

#endif
