/* SPDX-License-Identifier: BSD-2-Clause */
#include "processes.h"

#include <errno.h>
#include <stdlib.h>

#include "cgroup.h"
#include "census.h"

/* Makes room behind the last, which is not counted. */
static struct process *grow(struct processes *processes)
{
	struct process *list = reallocarray(processes->list, processes->count + 1, sizeof(*list));

	if (!list)
		return NULL;
	processes->list = list;
	return &list[processes->count];
}

static int take(struct candidate *candidate, void *context)
{
	struct processes *processes = context;
	struct process *new = grow(processes);
	int r = new ? candidate_read_command(candidate) : -ENOMEM;

	/* 0: gone since. */
	if (r <= 0)
		return r;
	r = candidate_read_cgroups(candidate);
	if (r < 0)
		return r;
	/* Not every kernel has groups. */
	*new = (struct process){ .pid = candidate->pid,
				 .command = candidate->command,
				 .cgroup = cgroups_main_path(r ? candidate->cgroups : "") };
	if (!new->cgroup)
		return -ENOMEM;
	candidate->command = NULL;
	processes->count++;
	return 0;
}

int processes_select(struct processes *processes, const pid_t *pids, size_t count,
		     const struct criteria *criteria)
{
	return census_among(pids, count, criteria, take, processes);
}

void processes_free(struct processes *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		free(processes->list[i].command);
		free(processes->list[i].cgroup);
	}
	free(processes->list);
	*processes = (struct processes){ 0 };
}
