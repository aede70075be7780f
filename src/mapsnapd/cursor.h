/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a client stands in what happens; it comes back with that. */
#ifndef CURSOR_H
#define CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct cursor {
	uint64_t instance; /* of the service */
	uint64_t event;    /* 0: nowhere yet */
};

#define CURSOR_SIZE 40

/* Writes it; returns text. */
const char *cursor_print(const struct cursor *cursor, char text[CURSOR_SIZE]);

/* False: nobody was given such a one. */
bool cursor_parse(const char *text, struct cursor *cursor);

#endif
