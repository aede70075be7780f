/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of the program's own, and of those it forks. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

size_t page_size(void);

/* Anonymous, readable and writable; MAP_PRIVATE, or MAP_SHARED with children. Never NULL. */
void *map_memory(size_t size, int sharing);

#endif
