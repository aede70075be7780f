/* SPDX-License-Identifier: BSD-2-Clause */
#include "candidate.h"

#include <errno.h>
#include <stdlib.h>

#include "cgroup.h"
#include "command.h"

/* What ails us, and not the process. */
static bool is_shortage(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE;
}

static int told(const char *text)
{
	if (text)
		return true;
	return is_shortage(errno) ? -errno : false;
}

int candidate_read_command(struct candidate *candidate)
{
	if (!candidate->command)
		candidate->command = command_of(candidate->pid);
	return told(candidate->command);
}

int candidate_read_cgroups(struct candidate *candidate)
{
	if (!candidate->cgroups)
		candidate->cgroups = cgroups_of(candidate->pid);
	return told(candidate->cgroups);
}

static bool has_user(const struct candidate *candidate, const struct criteria *criteria)
{
	for (size_t i = 0; i < criteria->user_count; i++)
		if (criteria->users[i] == candidate->user)
			return true;
	return false;
}

static int has_name(struct candidate *candidate, const struct criteria *criteria)
{
	int r = candidate_read_command(candidate);

	for (size_t i = 0; r > 0 && i < criteria->name_count; i++)
		if (command_matches(candidate->command, criteria->names[i]))
			return true;
	return r < 0 ? r : false;
}

static int has_cgroup(struct candidate *candidate, const struct criteria *criteria)
{
	int r = candidate_read_cgroups(candidate);

	for (size_t i = 0; r > 0 && i < criteria->cgroup_count; i++)
		if (cgroups_are_within(candidate->cgroups, criteria->cgroups[i]))
			return true;
	return r < 0 ? r : false;
}

int candidate_meets(struct candidate *candidate, const struct criteria *criteria)
{
	int r = true;

	if (!criteria_are_any(criteria))
		return !candidate->is_kernel_thread;
	if (criteria->user_count)
		r = has_user(candidate, criteria);
	if (r > 0 && criteria->name_count)
		r = has_name(candidate, criteria);
	if (r > 0 && criteria->cgroup_count)
		r = has_cgroup(candidate, criteria);
	return r;
}

void candidate_free(struct candidate *candidate)
{
	free(candidate->command);
	free(candidate->cgroups);
}
