/* SPDX-License-Identifier: BSD-2-Clause */
#include "target.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "census.h"
#include "pid.h"

static int append(struct targets *targets, struct target target)
{
	struct target *list = reallocarray(targets->list, targets->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	targets->list = list;
	list[targets->count++] = target;
	return 0;
}

/* The pid in /proc/PID/maps, or 0 where the path is another one. */
static pid_t pid_of_path(const char *path)
{
	if (strcmp(path, "/proc/self/maps") == 0)
		return getpid();
	if (strncmp(path, "/proc/", strlen("/proc/")) != 0)
		return 0;
	return pid_parse(path + strlen("/proc/"), "/maps");
}

static bool has_stdin(const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->list[i].path && strcmp(targets->list[i].path, "-") == 0)
			return true;
	return false;
}

int targets_add(struct targets *targets, const char *argument)
{
	bool is_number = *argument && argument[strspn(argument, "0123456789")] == '\0';
	struct target target = { 0 };

	target.pid = is_number ? pid_parse(argument, "") : pid_of_path(argument);
	if (is_number && !target.pid)
		return -ERANGE;
	if (!target.pid)
		target.path = argument;
	if (strcmp(argument, "-") == 0 && has_stdin(targets))
		return -EEXIST;
	return append(targets, target);
}

int targets_add_found(struct targets *targets, pid_t pid)
{
	return append(targets, (struct target){ .pid = pid, .found = true });
}

/* What is added to, and how many were. */
struct finding {
	struct targets *targets;
	int count;
};

static int take(struct candidate *candidate, void *context)
{
	struct finding *finding = context;

	finding->count++;
	return targets_add_found(finding->targets, candidate->pid);
}

int targets_find(struct targets *targets, const struct criteria *criteria)
{
	struct finding finding = { .targets = targets };
	int error = census_all(criteria, take, &finding);

	return error ? error : finding.count;
}

bool target_is_live(const struct target *target)
{
	struct statfs filesystem;
	int error;

	if (target->pid)
		return true;
	if (strcmp(target->path, "-") == 0)
		error = fstatfs(STDIN_FILENO, &filesystem);
	else
		error = statfs(target->path, &filesystem);
	return error == 0 && filesystem.f_type == PROC_SUPER_MAGIC;
}

void targets_free(struct targets *targets)
{
	free(targets->list);
	*targets = (struct targets){ 0 };
}
