/* SPDX-License-Identifier: BSD-2-Clause */
#include "opened.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "contest.h"

int opened_maps(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s: %s", path, strerror(errno));
	return fd;
}

struct mapsnap_process *opened_process(pid_t pid)
{
	struct mapsnap_process *process;
	int r = mapsnap_open_pid(pid, &process);

	if (r)
		die("cannot open process %d: %s", pid, strerror(-r));
	return process;
}
