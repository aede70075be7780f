/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* Of vm.max_map_count. */
#define NEAR 0.8

/* ---- groups */

/* What the members of a group come to. */
struct group_sums {
	uint64_t processes, mappings, largest, near_limit;
	uint64_t writable_executable, writable_executable_processes;
	uint64_t deleted, deleted_processes;
	uint64_t steps;
};

struct sums {
	struct group_sums groups[GROUPS_MOST + 1];
	struct groups names;
	uint64_t limit; /* vm.max_map_count */
};

static uint64_t read_limit(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long long limit = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &limit) != 1)
		limit = 0;
	fclose(file);
	return limit;
}

static void add(struct subject *subject, void *context)
{
	struct sums *sums = context;
	struct group_sums *group = &sums->groups[subject->group];
	const struct facts *facts = &subject->facts;

	if (subject->state == SUBJECT_ENDED)
		return;
	group->processes++;
	group->mappings += facts->mappings;
	if (facts->mappings > group->largest)
		group->largest = facts->mappings;
	group->near_limit += sums->limit && (double)facts->mappings >= NEAR * (double)sums->limit;
	group->writable_executable += facts->writable_executable;
	group->writable_executable_processes += facts->writable_executable != 0;
	group->deleted += facts->deleted;
	group->deleted_processes += facts->deleted != 0;
}

static void sum_up(struct roll *roll, struct sums *sums)
{
	roll_lock(roll);
	roll_walk(roll, add, sums);
	sums->names = roll->groups;
	for (unsigned int i = 0; i <= GROUPS_MOST; i++)
		sums->groups[i].steps = roll->steps[i];
	roll_unlock(roll);
}

static const char *name_of(const struct sums *sums, unsigned int group)
{
	return group == GROUPS_OTHER ? GROUPS_OTHER_NAME : sums->names.list[group].name;
}

struct group_metric {
	const char *name, *help;
	size_t offset; /* in struct group_sums */
};

static void write_group_samples(const struct exposition *e, const struct sums *sums,
				const struct group_metric *metric, bool counter)
{
	for (unsigned int i = 0; i <= GROUPS_MOST; i++) {
		uint64_t value;

		if (!sums->names.list[i].members)
			continue;
		memcpy(&value, (const char *)&sums->groups[i] + metric->offset, sizeof(value));
		if (counter)
			exposition_count(e, metric->name, "group", name_of(sums, i), value);
		else
			exposition_value(e, metric->name, "group", name_of(sums, i), (double)value);
	}
}

#define METRIC(name, member, help)                              \
	{                                                       \
		name, help, offsetof(struct group_sums, member) \
	}

static void write_groups(const struct exposition *e, struct roll *roll)
{
	static const struct group_metric gauges[] = {
		METRIC("mapsnapd_processes", processes, "Processes that are watched."),
		METRIC("mapsnapd_mappings", mappings, "Mappings of all processes together."),
		METRIC("mapsnapd_largest_mappings", largest,
		       "Mappings of the process that has most of them."),
		METRIC("mapsnapd_near_max_map_count_processes", near_limit,
		       "Processes with 80% or more of vm.max_map_count, where mmap(2) begins to "
		       "fail."),
		METRIC("mapsnapd_writable_executable_mappings", writable_executable,
		       "Mappings that are writable and executable at once."),
		METRIC("mapsnapd_writable_executable_processes", writable_executable_processes,
		       "Processes with such mappings."),
		METRIC("mapsnapd_deleted_file_mappings", deleted,
		       "Mappings of files that were deleted, as by an upgrade."),
		METRIC("mapsnapd_deleted_file_processes", deleted_processes,
		       "Processes with such mappings, which run what is not on disk any more."),
	};
	static const struct group_metric steps =
		METRIC("mapsnapd_sequence_steps", steps,
		       "Changes of mappings, by the kernel's sequence where there is one.");
	struct sums *sums = calloc(1, sizeof(*sums));

	if (!sums) {
		e->writer->error = -ENOMEM;
		return;
	}
	sums->limit = read_limit();
	sum_up(roll, sums);
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++) {
		exposition_gauge(e, gauges[i].name, gauges[i].help);
		write_group_samples(e, sums, &gauges[i], false);
	}
	exposition_counter(e, steps.name, steps.help);
	write_group_samples(e, sums, &steps, true);
	exposition_gauge(e, "mapsnapd_mappings_limit", "vm.max_map_count of this machine.");
	exposition_value(e, "mapsnapd_mappings_limit", NULL, NULL, (double)sums->limit);
	free(sums);
}

/* ---- what watching does */

static void write_count(const struct exposition *e, const char *name, const char *help,
			uint64_t value)
{
	exposition_counter(e, name, help);
	exposition_count(e, name, NULL, NULL, value);
}

static void write_value(const struct exposition *e, const char *name, const char *help,
			double value)
{
	exposition_gauge(e, name, help);
	exposition_value(e, name, NULL, NULL, value);
}

static void write_snapshots(const struct exposition *e, const struct tally *tally)
{
	const char *name = "mapsnapd_snapshots";

	exposition_counter(
		e, name,
		"Snapshots that were taken, by how consistent they are and by what proof.");
	for (uint32_t label = 0; label < TALLY_LABELS; label++)
		for (uint32_t source = 0; source < TALLY_SOURCES; source++) {
			uint64_t count = tally_of(&tally->snapshots[label][source]);
			char labels[80];

			snprintf(labels, sizeof(labels), "{consistency=\"%s\",source=\"%s\"}",
				 mapsnap_consistency_name(label), mapsnap_source_name(source));
			if (count)
				exposition_count_labelled(e, name, labels, count);
		}
}

static void write_events(const struct exposition *e, const struct tally *tally)
{
	exposition_counter(e, "mapsnapd_events", "What became of processes.");
	for (uint32_t type = MAPSNAP_EVENT_ADDED; type < MAPSNAP_EVENT_LOST; type++)
		exposition_count(e, "mapsnapd_events", "event", mapsnap_event_name(type),
				 tally_of(&tally->became[type]));
}

static void write_reading(const struct exposition *e, const struct tally *tally)
{
	write_count(e, "mapsnapd_asked",
		    "Questions whether a process has changed, many of them in one call.",
		    tally_of(&tally->asked));
	write_count(e, "mapsnapd_reads_avoided", "Of them, those that made a reading needless.",
		    tally_of(&tally->avoided));
	write_snapshots(e, tally);
	write_count(e, "mapsnapd_attempts", "Attempts at reading that these snapshots took.",
		    tally_of(&tally->attempts));
	write_count(e, "mapsnapd_fallbacks",
		    "Snapshots that are unverified as the process changed during every attempt.",
		    tally_of(&tally->fallbacks));
	write_count(e, "mapsnapd_mappings_read", "Mappings that were read for them.",
		    tally_of(&tally->mappings));
	write_count(e, "mapsnapd_unsettled", "Readings that were given up.",
		    tally_of(&tally->unsettled));
	write_count(e, "mapsnapd_failed", "Readings that failed.", tally_of(&tally->failed));
	write_events(e, tally);
	exposition_histogram(e, "mapsnapd_read_seconds", "What the reading of a snapshot took.",
			     &tally->reading);
}

static const char *state_name(enum subject_state state)
{
	static const char *const names[] = { [SUBJECT_NEW] = "new",
					     [SUBJECT_HELD] = "held",
					     [SUBJECT_PARKED] = "in_turns",
					     [SUBJECT_ENDED] = "ended",
					     [SUBJECT_REFUSED] = "refused" };

	return names[state];
}

static void write_states(const struct exposition *e, struct roll *roll)
{
	size_t counts[SUBJECT_REFUSED + 1];

	roll_lock(roll);
	memcpy(counts, roll->counts, sizeof(counts));
	roll_unlock(roll);
	exposition_gauge(
		e, "mapsnapd_process_states",
		"Processes that match: held open, looked at in turns for lack of descriptors, "
		"ended and known for a while, refused by the kernel or for lack of room, or not "
		"read yet.");
	for (enum subject_state state = 0; state <= SUBJECT_REFUSED; state++)
		exposition_value(e, "mapsnapd_process_states", "state", state_name(state),
				 (double)counts[state]);
}

static void write_freshness(const struct exposition *e, const struct watch *watch)
{
	const struct tally *tally = &watch->tally;

	exposition_histogram(e, "mapsnapd_staleness_seconds",
			     "From when a process was told to have changed until it was read.",
			     &tally->staleness);
	write_value(e, "mapsnapd_stale_processes",
		    "Processes that have changed and were not read yet.",
		    (double)tally_of(&tally->stale));
	write_value(e, "mapsnapd_stalest_seconds",
		    "For how long the one of them has waited that waits longest.",
		    (double)tally_of(&tally->stalest_ns) / 1e9);
	write_count(e, "mapsnapd_put_off",
		    "Readings that were left for a later round, as the process changes all the "
		    "time or nothing was left of the budget.",
		    tally_of(&tally->put_off));
	write_value(e, "mapsnapd_budget_ratio", "Of one processor, what watching may take.",
		    atomic_load(&watch->in_force.share));
}

static void write_rounds(const struct exposition *e, const struct watch *watch)
{
	write_count(e, "mapsnapd_rounds", "Rounds.", tally_of(&watch->tally.rounds));
	exposition_histogram(e, "mapsnapd_round_seconds", "What a round took.",
			     &watch->tally.round);
	exposition_counter(e, "mapsnapd_watch_cpu_seconds",
			   "Processor time of the thread that watches.");
	exposition_count_seconds(e, "mapsnapd_watch_cpu_seconds", tally_of(&watch->tally.spent_ns));
	write_value(e, "mapsnapd_table_bytes", "Memory that snapshots take.",
		    (double)mapsnap_table_memory(watch->table));
	write_value(e, "mapsnapd_table_limit_bytes", "What they may take.",
		    (double)watch->options.memory);
}

/* ---- the service */

static void write_answers(const struct exposition *e, const struct traffic *traffic)
{
	static const char *const names[] = { [TRAFFIC_OK] = "ok",
					     [TRAFFIC_UNCHANGED] = "unchanged",
					     [TRAFFIC_WRONG] = "wrong",
					     [TRAFFIC_FORBIDDEN] = "forbidden",
					     [TRAFFIC_REFUSED] = "refused" };

	exposition_counter(e, "mapsnapd_answers", "Answers to clients.");
	for (enum traffic_answer kind = 0; kind < TRAFFIC_KINDS; kind++)
		exposition_count(e, "mapsnapd_answers", "kind", names[kind],
				 tally_of(&traffic->answers[kind]));
}

static void write_serving(const struct exposition *e, struct service *service)
{
	write_answers(e, &service->traffic);
	write_value(e, "mapsnapd_streams", "Clients that follow what changes.",
		    (double)streams_count(&service->streams));
	write_value(e, "mapsnapd_pending_bytes", "Memory of answers that are under way.",
		    (double)bodies_used(&service->bodies));
}

/* By the names that every client library of Prometheus has for them. */
static void write_own(const struct exposition *e)
{
	exposition_counter(e, "process_cpu_seconds", "Processor time of the service.");
	exposition_count_seconds(e, "process_cpu_seconds", clock_ns(CLOCK_PROCESS_CPUTIME_ID));
}

static void write_build(const struct exposition *e, const struct service *service)
{
	exposition_gauge(e, "mapsnapd_info", "What runs here.");
	writer_printf(e->writer, "mapsnapd_info{version=\"%s\",source=\"%s\"} 1\n",
		      mapsnap_version(), service->source);
}

void metrics_write(const struct exposition *e, struct service *service, bool serves)
{
	struct watch *watch = &service->watch;

	write_build(e, service);
	write_groups(e, &watch->roll);
	write_states(e, &watch->roll);
	write_reading(e, &watch->tally);
	write_freshness(e, watch);
	write_rounds(e, watch);
	if (serves)
		write_serving(e, service);
	write_own(e);
	exposition_end(e);
}
