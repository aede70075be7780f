/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

int no_process(ssize_t result)
{
	return result == -ENOENT ? -ESRCH : (int)result;
}

int proc_list_open(struct proc_list *list, const struct kernel *kernel, int dir, const char *name)
{
	int r;

	list->kernel = kernel;
	list->size = list->next = 0;
	list->fd = kernel->openat(dir, name, O_RDONLY | O_DIRECTORY);
	if (list->fd >= 0)
		return 0;
	r = no_process(list->fd);
	list->fd = -1;
	return r;
}

static int fill(struct proc_list *list)
{
	list->next = 0;
	list->size = list->kernel->getdents(list->fd, list->entries, sizeof(list->entries));
	return no_process(list->size);
}

/* /proc has others beside them. */
static bool is_number(const char *name)
{
	return name[0] >= '0' && name[0] <= '9';
}

int proc_list_next(struct proc_list *list, const char **name)
{
	for (;;) {
		const struct dirent64 *entry;
		int r = list->next < list->size ? 1 : fill(list);

		if (r <= 0)
			return r;
		entry = (const struct dirent64 *)(list->entries + list->next);
		list->next += entry->d_reclen;
		*name = entry->d_name;
		if (is_number(*name))
			return 1;
	}
}

void proc_list_close(struct proc_list *list)
{
	if (list->fd >= 0)
		list->kernel->close(list->fd);
	list->fd = -1;
}
