/* SPDX-License-Identifier: BSD-2-Clause */
#include "pids.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

int pids_add(struct pids *pids, pid_t pid)
{
	if (pids->count == pids->room) {
		size_t room = pids->room ? 2 * pids->room : 256;
		pid_t *list = reallocarray(pids->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		pids->list = list;
		pids->room = room;
	}
	pids->list[pids->count++] = pid;
	return 0;
}

/* Only those of processes begin with a digit. */
static int add_entry(struct pids *pids, const struct dirent *entry)
{
	if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
		return 0;
	return pids_add(pids, (pid_t)strtol(entry->d_name, NULL, 10));
}

static int add_all(struct pids *pids, DIR *proc)
{
	const struct dirent *entry;
	int error = 0;

	errno = 0;
	while (!error && (entry = readdir(proc)))
		error = add_entry(pids, entry);
	return error ? error : -errno;
}

int pids_list(struct pids *pids)
{
	DIR *proc = opendir("/proc");
	int error;

	pids->count = 0;
	if (!proc)
		return -errno;
	error = add_all(pids, proc);
	closedir(proc);
	if (error)
		pids->count = 0;
	return error;
}

void pids_free(struct pids *pids)
{
	free(pids->list);
	*pids = (struct pids){ 0 };
}
