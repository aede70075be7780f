/* SPDX-License-Identifier: BSD-2-Clause */
#include "target.h"

#include <errno.h>
#include <libproc2/pids.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup.h"
#include "command.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h; shown by /proc/PID/stat */

enum {
	ITEM_PID,
	ITEM_FLAGS,
	ITEM_USER,
	ITEM_COUNT
};

static int append(struct targets *targets, struct target target)
{
	struct target *list = reallocarray(targets->list, targets->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	targets->list = list;
	list[targets->count++] = target;
	return 0;
}

/* The pid in the first `length` bytes, or 0 where they are not the digits of one. */
static pid_t parse_pid(const char *digits, size_t length)
{
	long pid;

	if (length == 0 || strspn(digits, "0123456789") < length)
		return 0;
	errno = 0;
	pid = strtol(digits, NULL, 10);
	return errno || pid > INT_MAX ? 0 : (pid_t)pid;
}

/* The pid in /proc/PID/maps, or 0 where the path is another one. */
static pid_t pid_of_path(const char *path)
{
	const char *digits = path + strlen("/proc/");

	if (strcmp(path, "/proc/self/maps") == 0)
		return getpid();
	if (strncmp(path, "/proc/", strlen("/proc/")) != 0)
		return 0;
	if (strcmp(strchrnul(digits, '/'), "/maps") != 0)
		return 0;
	return parse_pid(digits, strcspn(digits, "/"));
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

	target.pid = is_number ? parse_pid(argument, strlen(argument)) : pid_of_path(argument);
	if (is_number && !target.pid)
		return -ERANGE;
	if (!target.pid)
		target.path = argument;
	if (strcmp(argument, "-") == 0 && has_stdin(targets))
		return -EEXIST;
	return append(targets, target);
}

static bool has_name(const struct criteria *criteria, pid_t pid)
{
	/* Not PIDS_CMD, in which some bytes are replaced. */
	char *command = command_of(pid);
	bool has = false;

	for (size_t i = 0; command && !has && i < criteria->name_count; i++)
		has = command_matches(command, criteria->names[i]);
	free(command);
	return has;
}

static bool has_user(const struct criteria *criteria, uid_t user)
{
	for (size_t i = 0; i < criteria->user_count; i++)
		if (criteria->users[i] == user)
			return true;
	return false;
}

static bool has_cgroup(const struct criteria *criteria, pid_t pid)
{
	for (size_t i = 0; i < criteria->cgroup_count; i++)
		if (cgroup_holds(criteria->cgroups[i], pid))
			return true;
	return false;
}

static bool is_wanted(const struct pids_result *process, const struct criteria *criteria)
{
	pid_t pid = process[ITEM_PID].result.s_int;

	if (pid == getpid())
		return false;
	if (!criteria_are_any(criteria))
		return !(process[ITEM_FLAGS].result.ul_int & PF_KTHREAD);
	if (criteria->user_count && !has_user(criteria, process[ITEM_USER].result.u_int))
		return false;
	if (criteria->name_count && !has_name(criteria, pid))
		return false;
	return !criteria->cgroup_count || has_cgroup(criteria, pid);
}

int targets_find(struct targets *targets, const struct criteria *criteria)
{
	enum pids_item items[ITEM_COUNT] = {
		[ITEM_PID] = PIDS_ID_PID, [ITEM_FLAGS] = PIDS_FLAGS, [ITEM_USER] = PIDS_ID_EUID
	};
	struct pids_info *info = NULL;
	struct pids_fetch *fetched;
	int total, count = 0;
	int error = procps_pids_new(&info, items, ITEM_COUNT);

	if (error < 0)
		return error;
	fetched = procps_pids_reap(info, PIDS_FETCH_TASKS_ONLY);
	error = fetched ? 0 : -errno;
	total = fetched ? fetched->counts->total : 0;
	for (int i = 0; !error && i < total; i++) {
		const struct pids_result *process = fetched->stacks[i]->head;

		if (!is_wanted(process, criteria))
			continue;
		error = append(targets, (struct target){ .pid = process[ITEM_PID].result.s_int,
							 .found = true });
		count++;
	}
	procps_pids_unref(&info);
	return error ? error : count;
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
