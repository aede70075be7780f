/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "contest.h"
#include "mapsnap.h"
#include "memory.h"
#include "opened.h"
#include "reference.h"
#include "service.h"
#include "uapi/procmap_snapshot.h"

static const struct timespec a_moment = { .tv_nsec = 1000000 };

static void read_as_cat(struct reader *reader)
{
	int fd = opened_maps(reader->target);

	for (;;) {
		if (bare_read(fd) == 0)
			die("the target has no mappings");
		reader->reads++;
	}
}

/* As agents do that know no better. */
static void read_as_agent(struct reader *reader)
{
	static const struct timespec pause = { .tv_nsec = 1000000000 / READER_RATE };
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/maps", reader->target);
	for (;;) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || bare_read(fd) == 0)
			die("the target has no mappings");
		close(fd);
		reader->reads++;
		nanosleep(&pause, NULL);
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
	struct mapsnap_process *process = opened_process(reader->target);
	struct mapsnap *snapshot = read_once(process, &options);

	for (;;) {
		snapshot = refresh(process, &options, snapshot);
		reader->reads++;
	}
}

static void snap_for_ever(struct reader *reader)
{
	struct mapsnap_options options = options_of(reader->habit, NULL);
	struct mapsnap_process *process = opened_process(reader->target);

	for (;;) {
		mapsnap_unref(read_once(process, &options));
		reader->reads++;
	}
}

/* By the call itself: the library holds the lock only where nothing else helps. */
struct holder {
	int maps_fd;
	struct procmap_snapshot last;
	struct procmap_record records[128];
	struct procmap_range ranges[256];
};

/* From now on it is known what changes; false where the kernel does not log that. */
static bool hold_begin(struct holder *holder)
{
	holder->last = (struct procmap_snapshot){
		.size = sizeof(holder->last),
		.flags = PROCMAP_SNAPSHOT_LOG,
		.end = 1,
	};
	return ioctl(holder->maps_fd, PROCMAP_SNAPSHOT, &holder->last) == 0 && holder->last.cookie;
}

/* Returns 0, or an errno: EAGAIN where the lock was not free. */
static int hold_once(struct holder *holder)
{
	struct procmap_snapshot next = {
		.size = sizeof(next),
		.flags = PROCMAP_SNAPSHOT_TRYLOCK,
		.end = UINT64_MAX,
		.records = (uintptr_t)holder->records,
		.nr_records = sizeof(holder->records) / sizeof(*holder->records),
		.since = holder->last.seq_begin,
		.cookie = holder->last.cookie,
		.ranges = (uintptr_t)holder->ranges,
		.nr_ranges = sizeof(holder->ranges) / sizeof(*holder->ranges),
	};

	if (ioctl(holder->maps_fd, PROCMAP_SNAPSHOT, &next))
		return errno;
	holder->last.seq_begin = next.seq_begin;
	return 0;
}

static void hold_for_ever(struct reader *reader)
{
	static struct holder holder;

	holder.maps_fd = opened_maps(reader->target);
	while (!hold_begin(&holder))
		;
	for (;;) {
		int error = hold_once(&holder);

		reader->reads += error == 0;
		if (error && error != EAGAIN && (error != EOVERFLOW || !hold_begin(&holder)))
			die("cannot ask what changed: %s", strerror(error));
	}
}

static bool can_hold(pid_t target)
{
	static struct holder holder;
	bool can;

	holder.maps_fd = opened_maps(target);
	can = hold_begin(&holder);
	close(holder.maps_fd);
	return can;
}

static void read_for_ever(void *context)
{
	struct reader *reader = context;

	/* As agents run that must not disturb. Everybody may. */
	if (sched_setscheduler(0, SCHED_IDLE, &(const struct sched_param){ 0 }))
		die("cannot run at idle priority: %s", strerror(errno));
	if (reader->habit == READER_CAT)
		read_as_cat(reader);
	else if (reader->habit == READER_AGENT)
		read_as_agent(reader);
	else if (reader->habit == READER_REFRESH)
		refresh_for_ever(reader);
	else if (reader->habit == READER_HELD)
		hold_for_ever(reader);
	else
		snap_for_ever(reader);
}

const char *reader_name(enum reader_habit habit)
{
	static const char *const names[] = {
		[READER_NONE] = "none",         [READER_CAT] = "cat",
		[READER_REFRESH] = "refresh",   [READER_QUERY] = "query",
		[READER_SNAPSHOT] = "snapshot", [READER_LOCKED] = "locked",
		[READER_HELD] = "held",         [READER_AGENT] = "agent",
		[READER_SERVICE] = "mapsnapd",
	};

	return names[habit];
}

bool reader_possible(enum reader_habit habit, pid_t target)
{
	struct mapsnap_options options = options_of(habit, NULL);
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int r;

	if (habit == READER_HELD)
		return can_hold(target);
	if (habit == READER_SERVICE)
		return service_possible();
	process = opened_process(target);
	r = mapsnap_read(process, &options, &snapshot);
	mapsnap_close(process);
	if (r == 0)
		mapsnap_unref(snapshot);
	return r != -EOPNOTSUPP;
}

/* Once a process has been read it is held. */
static void start_service(struct reader *reader)
{
	char pid[16];
	const char *const options[] = { "--interval=0.05", "--max-interval=0.05", "--max-cpu=100",
					pid, NULL };

	snprintf(pid, sizeof(pid), "%d", reader->target);
	reader->service = service_start(options);
	while (service_metric(reader->service, "mapsnapd_process_states{state=\"held\"}") < 1)
		nanosleep(&a_moment, NULL);
}

uint64_t reader_reads(const struct reader *reader)
{
	return reader->service
		       ? (uint64_t)service_metric(reader->service,
						  "mapsnapd_events_total{event=\"changed\"}")
		       : reader->reads;
}

struct reader *reader_start(enum reader_habit habit, const struct source *source, pid_t target)
{
	struct reader *reader = map_memory(sizeof(*reader), MAP_SHARED);

	reader->habit = habit;
	reader->source = source;
	reader->target = target;
	if (habit == READER_NONE)
		return reader;
	if (habit == READER_SERVICE) {
		start_service(reader);
		return reader;
	}
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
	if (reader->service)
		service_stop(reader->service);
	munmap(reader, sizeof(*reader));
}
