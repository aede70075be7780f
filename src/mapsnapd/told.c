/* SPDX-License-Identifier: BSD-2-Clause */
#include "told.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void told_free(struct told *told)
{
	free(told->list);
	*told = (struct told){ 0 };
}

/* The first that is not before this pid. */
static size_t place_of(const struct told *told, pid_t pid)
{
	size_t low = 0, high = told->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (told->list[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct told *told, size_t place, pid_t pid)
{
	return place < told->count && told->list[place].pid == pid;
}

const struct told_process *told_find(const struct told *told, pid_t pid)
{
	size_t place = place_of(told, pid);

	return is_at(told, place, pid) ? &told->list[place] : NULL;
}

static int make_room(struct told *told)
{
	size_t room = told->room ? 2 * told->room : 16;
	void *list;

	if (told->count < told->room)
		return 0;
	list = reallocarray(told->list, room, sizeof(*told->list));
	if (!list)
		return -ENOMEM;
	told->list = list;
	told->room = room;
	return 0;
}

int told_set(struct told *told, const struct told_process *process)
{
	size_t place = place_of(told, process->pid);

	if (!is_at(told, place, process->pid)) {
		if (make_room(told))
			return -ENOMEM;
		memmove(&told->list[place + 1], &told->list[place],
			(told->count++ - place) * sizeof(*told->list));
	}
	told->list[place] = *process;
	return 0;
}

void told_remove(struct told *told, pid_t pid)
{
	size_t place = place_of(told, pid);

	if (!is_at(told, place, pid))
		return;
	memmove(&told->list[place], &told->list[place + 1],
		(--told->count - place) * sizeof(*told->list));
}
