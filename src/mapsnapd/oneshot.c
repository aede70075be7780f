/* SPDX-License-Identifier: BSD-2-Clause */
#include "oneshot.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "idle.h"
#include "metrics.h"

/* As many links as the kernel follows. */
#define MOST_LINKS 40

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
static int put_in_place(struct service *service, const char *path)
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

/* What would end us is put off, so that the other name does not remain. */
static int replace(struct service *service, const char *path)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	r = put_in_place(service, path);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* A device, or a FIFO that somebody reads: it remains what it is. */
static int write_into(struct service *service, const char *path)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = write_to(service, fd);
	close(fd);
	return r;
}

/* path: of a link, and becomes that of what it is to, which need not exist. */
static int follow(char path[PATH_MAX])
{
	char target[PATH_MAX], folder[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	int size;

	if (length < 0)
		return -errno;
	target[length] = '\0';
	memcpy(folder, path, strlen(path) + 1);
	size = *target == '/' ? snprintf(path, PATH_MAX, "%s", target)
			      : snprintf(path, PATH_MAX, "%s/%s", dirname(folder), target);
	return size < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int find(const char *path, char found[PATH_MAX], struct stat *status)
{
	int r = 0;

	if (snprintf(found, PATH_MAX, "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (int links = 0; r == 0 && links <= MOST_LINKS; links++) {
		if (lstat(found, status))
			return -errno;
		if (!S_ISLNK(status->st_mode))
			return 0;
		r = follow(found);
	}
	return r ? r : -ELOOP;
}

static int write_file(struct service *service, const char *path)
{
	char found[PATH_MAX];
	struct stat status;
	int r = find(path, found, &status);

	if (r && r != -ENOENT)
		return r;
	return r || S_ISREG(status.st_mode) ? replace(service, found) : write_into(service, found);
}

int oneshot_read(struct service *service)
{
	be_idle();
	watch_round(&service->watch);
	return service->watch.error;
}

int oneshot_write(struct service *service, const char *path)
{
	return strcmp(path, "-") == 0 ? write_to(service, STDOUT_FILENO)
				      : write_file(service, path);
}
