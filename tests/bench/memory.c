/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contest.h"

size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void *map_memory(size_t size, int sharing)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | sharing, -1, 0);

	if (p == MAP_FAILED)
		die("cannot map memory: %s", strerror(errno));
	return p;
}
