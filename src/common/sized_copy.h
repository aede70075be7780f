/* SPDX-License-Identifier: BSD-2-Clause */
/* Structs of callers, which begin with their size: of programs built with an older or newer header.
 */
#ifndef SIZED_COPY_H
#define SIZED_COPY_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

/*
 * Copies one to what is known here, which has this size: what the caller does not know
 * of is zero, and what only the caller knows of has to be. from may be NULL: all is
 * zero. 0, -EINVAL (not even a size) or -E2BIG.
 */
static inline int sized_copy(void *to, size_t size, const void *from)
{
	const unsigned char *bytes = from;
	size_t given = size;

	memset(to, 0, size);
	if (from)
		memcpy(&given, from, sizeof(given));
	if (given < sizeof(given))
		return -EINVAL;
	for (size_t i = size; i < given; i++)
		if (bytes[i])
			return -E2BIG;
	if (from)
		memcpy(to, from, given < size ? given : size);
	memcpy(to, &size, sizeof(size));
	return 0;
}

#endif
