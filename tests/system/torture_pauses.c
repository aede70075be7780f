/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "die.h"
#include "torture.h"

void torture_pauses_add(struct torture_pauses *pauses, uint64_t ns)
{
	if (pauses->count == pauses->room) {
		pauses->room = pauses->room ? 2 * pauses->room : 1024;
		pauses->list = realloc(pauses->list, pauses->room * sizeof(*pauses->list));
		if (!pauses->list)
			die("no memory for %zu pauses", pauses->room);
	}
	pauses->list[pauses->count++] = ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t torture_pause(const struct torture_pauses *pauses, unsigned int percent)
{
	if (pauses->count == 0)
		return 0;
	qsort(pauses->list, pauses->count, sizeof(*pauses->list), compare);
	return pauses->list[(pauses->count - 1) * percent / 100];
}
