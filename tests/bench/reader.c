/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "contest.h"
#include "mapsnap.h"
#include "memory.h"
#include "reference.h"

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

/* The options of a habit that has some. */
static struct mapsnap_options options_of(enum reader_habit habit,
					 const struct mapsnap_sequence *sequence)
{
	static const struct mapsnap_sequence none = {
		.size = sizeof(none),
		.source = MAPSNAP_SOURCE_NONE,
	};
	struct mapsnap_options options = {
		.size = sizeof(options),
		.sequence = sequence,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};

	if (habit == READER_REFRESH)
		return options;
	options.attempts = 1;
	if (habit == READER_SNAPSHOT) {
		options.route = MAPSNAP_ROUTE_SNAPSHOT;
		return options;
	}
	options.sequence = &none;
	if (habit == READER_QUERY) {
		options.route = MAPSNAP_ROUTE_QUERY;
		options.filter = MAPSNAP_FILTER_NO_GATE;
	} else {
		options.fallback = MAPSNAP_FALLBACK_LOCKED;
	}
	return options;
}

static struct mapsnap_process *open_target(pid_t target)
{
	struct mapsnap_process *process;
	int r = mapsnap_open_pid(target, &process);

	if (r)
		die("cannot open process %d: %s", target, strerror(-r));
	return process;
}

/* That the target changed too often for one attempt is an answer, too. */
static struct mapsnap *read_once(struct mapsnap_process *process,
				 const struct mapsnap_options *options)
{
	struct mapsnap *snapshot;
	int r = mapsnap_read(process, options, &snapshot);

	if (r < 0 && r != -EAGAIN)
		die("cannot read the target: %s", mapsnap_error(process));
	return r < 0 ? NULL : snapshot;
}

static struct mapsnap *refresh(struct mapsnap_process *process,
			       const struct mapsnap_options *options, struct mapsnap *snapshot)
{
	struct mapsnap *fresh;

	if (mapsnap_refresh(process, options, snapshot, &fresh) < 0)
		die("cannot refresh: %s", mapsnap_error(process));
	mapsnap_unref(snapshot);
	return fresh;
}

static void refresh_for_ever(struct reader *reader)
{
	struct mapsnap_options options = options_of(reader->habit, reader->source->sequence);
	struct mapsnap_process *process = open_target(reader->target);
	struct mapsnap *snapshot = read_once(process, &options);

	for (;;) {
		snapshot = refresh(process, &options, snapshot);
		reader->reads++;
	}
}

static void snap_for_ever(struct reader *reader)
{
	struct mapsnap_options options = options_of(reader->habit, NULL);
	struct mapsnap_process *process = open_target(reader->target);

	for (;;) {
		mapsnap_unref(read_once(process, &options));
		reader->reads++;
	}
}

static void read_for_ever(void *context)
{
	struct reader *reader = context;

	/* As agents run that must not disturb. Everybody may. */
	if (sched_setscheduler(0, SCHED_IDLE, &(const struct sched_param){ 0 }))
		die("cannot run at idle priority: %s", strerror(errno));
	if (reader->habit == READER_CAT)
		read_as_cat(reader);
	else if (reader->habit == READER_REFRESH)
		refresh_for_ever(reader);
	else
		snap_for_ever(reader);
}

const char *reader_name(enum reader_habit habit)
{
	static const char *const names[] = {
		[READER_NONE] = "none",         [READER_CAT] = "cat",
		[READER_REFRESH] = "refresh",   [READER_QUERY] = "query",
		[READER_SNAPSHOT] = "snapshot", [READER_LOCKED] = "locked",
	};

	return names[habit];
}

bool reader_possible(enum reader_habit habit, pid_t target)
{
	struct mapsnap_options options = options_of(habit, NULL);
	struct mapsnap_process *process = open_target(target);
	struct mapsnap *snapshot;
	int r = mapsnap_read(process, &options, &snapshot);

	mapsnap_close(process);
	if (r == 0)
		mapsnap_unref(snapshot);
	return r != -EOPNOTSUPP;
}

struct reader *reader_start(enum reader_habit habit, const struct source *source, pid_t target)
{
	struct reader *reader = map_memory(sizeof(*reader), MAP_SHARED);

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
