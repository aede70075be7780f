/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* TASK_COMM_LEN without the NUL; only kernel threads may show more. */
#define COMMAND_LENGTH 15

char *command_of(pid_t pid)
{
	char path[32], command[256];
	ssize_t length;
	int fd, error;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	length = read(fd, command, sizeof(command));
	error = length < 0 ? errno : ESRCH;
	close(fd);
	/* The newline at the end is not part of it; others may be. */
	if (length > 0)
		return strndup(command, (size_t)length - 1);
	errno = error;
	return NULL;
}

bool command_matches(const char *command, const char *name)
{
	if (strlen(command) == COMMAND_LENGTH && strlen(name) > COMMAND_LENGTH)
		return strncmp(command, name, COMMAND_LENGTH) == 0;
	return strcmp(command, name) == 0;
}
