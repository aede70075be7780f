/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Metrics as text, in one of two formats: OpenMetrics 1.0, or that of Prometheus, 0.0.4,
 * which node_exporter reads from files. They differ in the names of counters and at the end.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"
#include "writer.h"

struct exposition {
	struct writer *writer;
	bool open_metrics;
};

/* Names without _total and the like. A family's head comes once, before its samples. */
void exposition_counter(const struct exposition *exposition, const char *name, const char *help);
void exposition_gauge(const struct exposition *exposition, const char *name, const char *help);

/* A sample of it. label: NULL, or name and value of one label; the value is
 * printable ASCII. */
void exposition_count(const struct exposition *exposition, const char *name, const char *label,
		      const char *label_value, uint64_t value);
void exposition_count_seconds(const struct exposition *exposition, const char *name, uint64_t ns);
void exposition_value(const struct exposition *exposition, const char *name, const char *label,
		      const char *label_value, double value);

/* A family with its samples. */
void exposition_histogram(const struct exposition *exposition, const char *name, const char *help,
			  const struct histogram *histogram);

/* Labels of a sample that has several: `{a="..",b=".."}`. */
void exposition_count_labelled(const struct exposition *exposition, const char *name,
			       const char *labels, uint64_t value);

void exposition_end(const struct exposition *exposition);

#endif
