/* SPDX-License-Identifier: BSD-2-Clause */
#include "oneshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "metrics.h"

/* Processes may come all the time. */
#define ROUNDS 8

static int write_to(struct service *service, int fd)
{
	struct writer writer = { .fd = fd };
	const struct exposition exposition = { .writer = &writer };
	int r;

	metrics_write(&exposition, service, false);
	r = writer_flush(&writer);
	writer_free(&writer);
	return r;
}

/* Under another name first, so that nobody reads half of it. */
static int replace(struct service *service, const char *path)
{
	char temporary[PATH_MAX];
	int fd, r;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_to(service, fd);
	if (r == 0 && (fchmod(fd, 0644) || rename(temporary, path)))
		r = -errno;
	close(fd);
	if (r)
		unlink(temporary);
	return r;
}

int oneshot(struct service *service, const char *path)
{
	for (int i = 0; i < ROUNDS; i++) {
		watch_round(&service->watch);
		if (!service->watch.roll.counts[SUBJECT_NEW])
			break;
	}
	return *path == '-' && !path[1] ? write_to(service, STDOUT_FILENO) : replace(service, path);
}
