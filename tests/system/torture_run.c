/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "maps_text.h"
#include "started.h"
#include "torture.h"
#include "torture_source.h"

struct run {
	struct started target;
	struct torture_source source;
	struct mapsnap_options options;
	struct torture_result *result;
	struct maps_text text;
	int maps_fd;
	struct mapsnap_process *process;
};

/* One read: what the target said just before and just after, and how long it took. */
struct reading {
	uint64_t before;
	uint64_t after;
	uint64_t ns;
	uint64_t since;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void reading_begin(struct reading *reading, const struct run *run)
{
	reading->since = now();
	reading->before = invariant_sequence(run->target.invariant);
}

static void reading_end(struct reading *reading, const struct run *run)
{
	reading->after = invariant_sequence(run->target.invariant);
	reading->ns = now() - reading->since;
}

static bool saw_change(const struct reading *reading)
{
	return reading->after != reading->before || reading->before & 1;
}

static void count(struct torture_tally *tally, const struct run *run, const struct reading *reading,
		  const struct mapsnap *snapshot)
{
	char why[sizeof(tally->why)];

	tally->snapshots++;
	tally->ns += reading->ns;
	if (invariant_holds(run->target.invariant, mapsnap_mappings(snapshot, NULL),
			    mapsnap_count(snapshot), reading->before, reading->after, why,
			    sizeof(why)))
		return;
	if (tally->torn++ == 0)
		strcpy(tally->why, why);
}

static void read_plain(struct run *run)
{
	struct torture_tally *tally = &run->result->plain;
	struct mapsnap *snapshot;
	struct reading reading;
	size_t line;
	int r;

	reading_begin(&reading, run);
	r = maps_text_read(&run->text, run->maps_fd);
	reading_end(&reading, run);
	if (r == 0)
		r = mapsnap_parse(run->text.bytes, run->text.length, &snapshot, &line);
	errno = -r;
	if (r)
		die("cannot read the target's maps");
	tally->attempts++;
	tally->changed += saw_change(&reading);
	count(tally, run, &reading, snapshot);
	mapsnap_unref(snapshot);
}

/* All attempts but the last were given up because of a change. */
static uint64_t attempts_with_change(const struct mapsnap_info *info, const struct reading *reading)
{
	bool last = saw_change(reading) &&
		    (info->attempts == 1 || info->consistency == MAPSNAP_UNVERIFIED);

	return info->attempts - 1 + last;
}

static void read_labelled(struct run *run)
{
	const struct mapsnap_info *info;
	struct torture_tally *tally;
	struct mapsnap *snapshot;
	struct reading reading;
	int r;

	reading_begin(&reading, run);
	r = mapsnap_read(run->process, &run->options, &snapshot);
	reading_end(&reading, run);
	errno = -r;
	if (r)
		die("mapsnap_read: %s", mapsnap_error(run->process));
	info = mapsnap_info(snapshot);
	tally = &run->result->labels[info->consistency];
	if (info->consistency == MAPSNAP_UNVERIFIED)
		run->result->reason = info->reason;
	tally->attempts += info->attempts;
	tally->changed += attempts_with_change(info, &reading);
	count(tally, run, &reading, snapshot);
	mapsnap_unref(snapshot);
}

/*
 * The target gets a processor that is not ours, where there is one: on the same
 * one it could change nothing during a short read.
 */
static void part_from(pid_t target)
{
	cpu_set_t ours, others;
	int cpu = sched_getcpu();

	if (cpu < 0 || sched_getaffinity(0, sizeof(others), &others) || CPU_COUNT(&others) < 2)
		return;
	CPU_ZERO(&ours);
	CPU_SET(cpu, &ours);
	CPU_CLR(cpu, &others);
	sched_setaffinity(0, sizeof(ours), &ours);
	sched_setaffinity(target, sizeof(others), &others);
}

static void begin(struct run *run, const struct torture_settings *settings)
{
	const char *const arguments[] = {
		"--mode",           settings->mode,    "--mappings",
		settings->mappings, "--rate",          settings->rate,
		"--backing",        settings->backing, NULL,
	};
	char path[32];
	int r;

	errno = 0;
	if (!started_target(&run->target, arguments))
		die("there is nothing to read");
	part_from(run->target.pid);
	run->options = settings->options;
	if (!torture_source_make(&run->source, settings->source, run->target.invariant,
				 &run->options.sequence))
		die("no source is called %s", settings->source);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)run->target.pid);
	run->maps_fd = open(path, O_RDONLY | O_CLOEXEC);
	r = run->maps_fd < 0 ? -errno : mapsnap_open_pid(run->target.pid, &run->process);
	errno = -r;
	if (r)
		die("cannot open the target");
}

static void end(struct run *run)
{
	mapsnap_close(run->process);
	close(run->maps_fd);
	maps_text_free(&run->text);
	torture_source_end(&run->source);
	started_end(&run->target);
}

void torture_run(const struct torture_settings *settings, struct torture_result *result)
{
	struct run run = { .result = result };
	uint64_t since, changes, limit = settings->seconds * 1000000000u;

	*result = (struct torture_result){ 0 };
	begin(&run, settings);
	since = now();
	changes = invariant_sequence(run.target.invariant) / 2;
	for (uint64_t i = 0; i < settings->reads && (!limit || now() - since < limit); i++) {
		read_plain(&run);
		read_labelled(&run);
	}
	changes = invariant_sequence(run.target.invariant) / 2 - changes;
	result->changes_per_second = (double)changes * 1e9 / (double)(now() - since);
	end(&run);
}
