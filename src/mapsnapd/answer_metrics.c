/* SPDX-License-Identifier: BSD-2-Clause */
/* Metrics for Prometheus, as OpenMetrics has them: of all processes together, never of one. */
#include <stdlib.h>

#include "request.h"

static void write_head(struct writer *writer, const char *name, const char *type, const char *help)
{
	writer_printf(writer, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void write_counter(struct writer *writer, const char *name, const char *help, uint64_t value)
{
	write_head(writer, name, "counter", help);
	writer_printf(writer, "%s_total %llu\n", name, (unsigned long long)value);
}

static void write_gauge(struct writer *writer, const char *name, const char *help, uint64_t value)
{
	write_head(writer, name, "gauge", help);
	writer_printf(writer, "%s %llu\n", name, (unsigned long long)value);
}

static void write_seconds(struct writer *writer, const char *name, const char *help, uint64_t ns)
{
	write_head(writer, name, "counter", help);
	writer_printf(writer, "%s_total %.9f\n", name, (double)ns / 1e9);
}

static void write_rounds(struct writer *writer, const struct watch_counts *counts)
{
	write_counter(writer, "mapsnapd_rounds",
		      "Rounds that asked of all processes whether anything has changed.",
		      atomic_load(&counts->rounds));
	write_counter(writer, "mapsnapd_asked", "Processes that were asked about, in all rounds.",
		      atomic_load(&counts->asked));
	write_counter(writer, "mapsnapd_changed",
		      "Of them, those that had changed and were read again.",
		      atomic_load(&counts->changed));
	write_counter(writer, "mapsnapd_replaced", "Processes that became another program.",
		      atomic_load(&counts->replaced));
	write_counter(writer, "mapsnapd_ended", "Processes that ended.",
		      atomic_load(&counts->ended));
	write_counter(writer, "mapsnapd_unsettled",
		      "Readings that were given up as the process changed all the time.",
		      atomic_load(&counts->unsettled));
	write_counter(writer, "mapsnapd_failed", "Readings that failed.",
		      atomic_load(&counts->failed));
	write_seconds(writer, "mapsnapd_round_seconds", "Time that the rounds took.",
		      atomic_load(&counts->round_ns));
	write_seconds(writer, "mapsnapd_watch_cpu_seconds",
		      "Processor time of the thread that watches.",
		      atomic_load(&counts->processor_ns));
}

void answer_metrics(const struct request *request, struct reply *reply)
{
	const struct watch *watch = &request->service->watch;
	struct writer *writer = &reply->body;

	reply->type = REPLY_METRICS;
	write_rounds(writer, &watch->counts);
	write_gauge(writer, "mapsnapd_processes", "Processes that are watched.",
		    mapsnap_table_pids(watch->table, NULL, 0));
	write_gauge(writer, "mapsnapd_refused",
		    "Processes that could not be opened or held at the last search.",
		    atomic_load(&watch->counts.refused));
	write_gauge(writer, "mapsnapd_table_bytes", "Memory that snapshots take.",
		    mapsnap_table_memory(watch->table));
	writer_string(writer, "# EOF\n");
}
