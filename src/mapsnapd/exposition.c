/* SPDX-License-Identifier: BSD-2-Clause */
#include "exposition.h"

#include <inttypes.h>
#include <stddef.h>

static void head(const struct exposition *e, const char *name, const char *suffix, const char *type,
		 const char *help)
{
	writer_printf(e->writer, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name,
		      suffix, type);
}

/* Only in OpenMetrics is the family called without what the sample ends in. */
void exposition_counter(const struct exposition *e, const char *name, const char *help)
{
	head(e, name, e->open_metrics ? "" : "_total", "counter", help);
}

void exposition_gauge(const struct exposition *e, const char *name, const char *help)
{
	head(e, name, "", "gauge", help);
}

static void write_value(struct writer *writer, const char *value)
{
	for (; *value; value++)
		writer_printf(writer, *value == '\\' || *value == '"' ? "\\%c" : "%c", *value);
}

static void write_label(struct writer *writer, const char *label, const char *value)
{
	if (!label)
		return;
	writer_printf(writer, "{%s=\"", label);
	write_value(writer, value);
	writer_string(writer, "\"}");
}

void exposition_count(const struct exposition *e, const char *name, const char *label,
		      const char *label_value, uint64_t value)
{
	writer_printf(e->writer, "%s_total", name);
	write_label(e->writer, label, label_value);
	writer_printf(e->writer, " %" PRIu64 "\n", value);
}

void exposition_count_labelled(const struct exposition *e, const char *name, const char *labels,
			       uint64_t value)
{
	writer_printf(e->writer, "%s_total%s %" PRIu64 "\n", name, labels, value);
}

void exposition_count_seconds(const struct exposition *e, const char *name, uint64_t ns)
{
	writer_printf(e->writer, "%s_total %.9f\n", name, (double)ns / 1e9);
}

void exposition_value(const struct exposition *e, const char *name, const char *label,
		      const char *label_value, double value)
{
	writer_string(e->writer, name);
	write_label(e->writer, label, label_value);
	writer_printf(e->writer, " %.15g\n", value);
}

void exposition_histogram(const struct exposition *e, const char *name, const char *help,
			  const struct histogram *histogram)
{
	uint64_t count = 0;

	head(e, name, "", "histogram", help);
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		count += atomic_load(&((struct histogram *)histogram)->counts[i]);
		writer_printf(e->writer, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
			      (double)histogram_bound_ns(i) / 1e9, count);
	}
	count += atomic_load(&((struct histogram *)histogram)->counts[HISTOGRAM_BUCKETS]);
	writer_printf(e->writer, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_count %" PRIu64 "\n", name,
		      count, name, count);
	writer_printf(e->writer, "%s_sum %.9f\n", name,
		      (double)atomic_load(&((struct histogram *)histogram)->sum_ns) / 1e9);
}

void exposition_end(const struct exposition *e)
{
	if (e->open_metrics)
		writer_string(e->writer, "# EOF\n");
}
