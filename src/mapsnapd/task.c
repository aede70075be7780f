/* SPDX-License-Identifier: BSD-2-Clause */
#include "task.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct task *one = a, *other = b;

	return (one->since_ns > other->since_ns) - (one->since_ns < other->since_ns);
}

void tasks_sort(struct task *tasks, size_t count)
{
	if (count)
		qsort(tasks, count, sizeof(*tasks), compare);
}
