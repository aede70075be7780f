/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that were asked about, in the order in which they were. */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

struct addresses {
	uint64_t *list;
	size_t count;
};

/* A hex number, with or without 0x, up to *end. Returns 0 or -EINVAL. */
int address_parse(const char *text, const char **end, uint64_t *address);

/*
 * Adds those of a list with commas or white space between them. Returns 0,
 * -ENOMEM, or -EINVAL with *wrong at what is none.
 */
int addresses_add(struct addresses *addresses, const char *list, const char **wrong);

void addresses_free(struct addresses *addresses);

#endif
