/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers as people read them. */
#ifndef FIGURE_H
#define FIGURE_H

#include <stdint.h>

struct figure {
	char text[32];
};

/* "4 KiB", "1.4 MiB" */
struct figure figure_of_bytes(uint64_t bytes);

/* "60,033" */
struct figure figure_of_number(uint64_t number);

#endif
