/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOUNT "/sys/fs/cgroup"

char *cgroups_of(pid_t pid)
{
	char file[32], *groups = NULL;
	size_t size = 0;
	ssize_t length;
	FILE *stream;
	int error;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	stream = fopen(file, "re");
	if (!stream)
		return NULL;
	/* There is no NUL in it. */
	errno = 0;
	length = getdelim(&groups, &size, '\0', stream);
	error = errno ? errno : ESRCH;
	fclose(stream);
	if (length > 0)
		return groups;
	free(groups);
	errno = error;
	return NULL;
}

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
	return strncmp(group, path, length) == 0 && strchr("/\n", group[length]);
}

/* A line is ID:CONTROLLERS:PATH, and only the path may have more colons in it. */
static const char *path_of(const char *line)
{
	size_t id = strcspn(line, ":\n"), controllers;

	if (line[id] != ':')
		return line + id;
	controllers = strcspn(line + id + 1, ":\n");
	line += id + 1 + controllers;
	return *line == ':' ? line + 1 : line;
}

/* Behind its newline; NULL: it was the last. */
static const char *next_line(const char *line)
{
	line = strchrnul(line, '\n');
	return line[0] && line[1] ? line + 1 : NULL;
}

bool cgroups_are_within(const char *groups, const char *path)
{
	size_t length;

	path = within(path, &length);
	for (const char *line = groups; line; line = next_line(line))
		if (is_within(path_of(line), path, length))
			return true;
	return false;
}

char *cgroups_main_path(const char *groups)
{
	const char *last, *line = groups, *path;

	do {
		last = line;
		line = next_line(line);
	} while (line);
	path = path_of(last);
	return strndup(path, strcspn(path, "\n"));
}
