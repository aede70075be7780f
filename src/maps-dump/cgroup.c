/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOUNT "/sys/fs/cgroup"

/* The path within the hierarchy, and how long it is without slashes at its end. */
static const char *within(const char *path, size_t *length)
{
	size_t mount = strlen(MOUNT);

	if (strncmp(path, MOUNT, mount) == 0 && (path[mount] == '/' || !path[mount]))
		path += mount;
	*length = strlen(path);
	while (*length && path[*length - 1] == '/')
		(*length)--;
	return path;
}

static bool is_within(const char *group, const char *path, size_t length)
{
	return strncmp(group, path, length) == 0 && (group[length] == '/' || !group[length]);
}

/* A line is ID:CONTROLLERS:PATH, and only the path may have more colons in it. */
static const char *path_of(char *line)
{
	char *colon = strchr(line, ':');

	line[strcspn(line, "\n")] = '\0';
	colon = colon ? strchr(colon + 1, ':') : NULL;
	return colon ? colon + 1 : "";
}

bool cgroup_holds(const char *path, pid_t pid)
{
	char file[32], *line = NULL;
	bool holds = false;
	size_t length, size = 0;
	FILE *groups;

	path = within(path, &length);
	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	groups = fopen(file, "re");
	if (!groups)
		return false;
	while (!holds && getline(&line, &size, groups) > 0)
		holds = is_within(path_of(line), path, length);
	free(line);
	fclose(groups);
	return holds;
}
