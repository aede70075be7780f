/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists that grow by one element at a time. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>
#include <stdlib.h>

/*
 * Makes room behind `count` elements, which were all added after a call of
 * this. Returns the list, perhaps elsewhere, or NULL without memory; the old one
 * is then still there.
 */
static inline void *array_grow(void *list, size_t count, size_t element)
{
	/* It doubles whenever it is full, which is at every power of two. */
	if (count & (count - 1))
		return list;
	return realloc(list, (count ? 2 * count : 1) * element);
}

#endif
