/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "contest.h"
#include "mapsnap.h"
#include "reference.h"

/* As agents run that must not disturb. */
#define PRIORITY 15

static const struct timespec a_moment = { .tv_nsec = 1000000 };

static void read_as_cat(struct reader *reader)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", reader->target);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s: %s", path, strerror(errno));
	for (;;) {
		if (bare_read(fd) == 0)
			die("the target has no mappings");
		reader->reads++;
	}
}

static void refresh_once(struct reader *reader, struct mapsnap_process *process,
			 const struct mapsnap_options *options, struct mapsnap **snapshot)
{
	struct mapsnap *fresh;

	if (mapsnap_refresh(process, options, *snapshot, &fresh) < 0)
		die("cannot refresh: %s", mapsnap_error(process));
	mapsnap_unref(*snapshot);
	*snapshot = fresh;
	reader->reads++;
}

static void read_by_refresh(struct reader *reader)
{
	struct mapsnap_options options = {
		.size = sizeof(options),
		.sequence = reader->source->sequence,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int r = mapsnap_open_pid(reader->target, &process);

	if (r)
		die("cannot open process %d: %s", reader->target, strerror(-r));
	if (mapsnap_read(process, &options, &snapshot) < 0)
		die("cannot read the target: %s", mapsnap_error(process));
	for (;;)
		refresh_once(reader, process, &options, &snapshot);
}

static void read_for_ever(void *context)
{
	struct reader *reader = context;

	/* Refused only where it is lower already. */
	setpriority(PRIO_PROCESS, 0, PRIORITY);
	if (reader->habit == READER_CAT)
		read_as_cat(reader);
	else if (reader->habit == READER_REFRESH)
		read_by_refresh(reader);
}

struct reader *reader_start(enum reader_habit habit, const struct source *source, pid_t target)
{
	struct reader *reader = mmap(NULL, sizeof(*reader), PROT_READ | PROT_WRITE,
				     MAP_ANONYMOUS | MAP_SHARED, -1, 0);

	if (reader == MAP_FAILED)
		die("cannot map memory: %s", strerror(errno));
	reader->habit = habit;
	reader->source = source;
	reader->target = target;
	if (habit == READER_NONE)
		return reader;
	reader->pid = child_start(read_for_ever, reader);
	while (reader->reads == 0) {
		child_expect_alive(reader->pid);
		nanosleep(&a_moment, NULL);
	}
	return reader;
}

void reader_stop(struct reader *reader)
{
	if (reader->pid)
		child_stop(reader->pid);
	munmap(reader, sizeof(*reader));
}
