/* SPDX-License-Identifier: BSD-2-Clause */
#include "ranges.h"

#include <errno.h>
#include <stdlib.h>

void ranges_free(struct ranges *ranges)
{
	free(ranges->list);
	*ranges = (struct ranges){ 0 };
}

/* Behind the last, or as a part of it. */
static void append(struct ranges *ranges, const struct procmap_range *range)
{
	struct procmap_range *last = ranges->list + ranges->count - 1;

	if (ranges->count == 0 || last->end < range->start)
		ranges->list[ranges->count++] = *range;
	else if (last->end < range->end)
		last->end = range->end;
}

int ranges_add(struct ranges *ranges, const struct ranges *more)
{
	const struct procmap_range *a = ranges->list, *a_end = a + ranges->count;
	const struct procmap_range *b = more->list, *b_end = b + more->count;
	struct ranges all = { 0 };

	if (!more->count)
		return 0;
	all.list = malloc((ranges->count + more->count) * sizeof(*all.list));
	if (!all.list)
		return -ENOMEM;
	while (a < a_end || b < b_end)
		append(&all, b == b_end || (a < a_end && a->start <= b->start) ? a++ : b++);
	ranges_free(ranges);
	*ranges = all;
	return 0;
}

bool ranges_touch(const struct ranges *ranges, uint64_t start, uint64_t end)
{
	size_t low = 0, high = ranges->count;

	while (high > low) {
		size_t middle = low + (high - low) / 2;

		if (ranges->list[middle].start >= end)
			high = middle;
		else if (ranges->list[middle].end <= start)
			low = middle + 1;
		else
			return true;
	}
	return false;
}
