/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json.h"

#define TIME_SIZE sizeof("2038-01-19T03:14:07.000+00:00 and more for other years")

/* Of the calendar, in local time with its offset: RFC 3339. */
static const char *format_time(char buffer[TIME_SIZE])
{
	struct timespec now;
	struct tm local;
	size_t length;
	long offset;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	offset = local.tm_gmtoff / 60;
	length = strftime(buffer, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &local);
	snprintf(buffer + length, TIME_SIZE - length, ".%03ld%c%02ld:%02ld", now.tv_nsec / 1000000,
		 offset < 0 ? '-' : '+', labs(offset) / 60, labs(offset) % 60);
	return buffer;
}

static size_t count_shown(const struct capture *capture)
{
	struct capture_walk walk = capture_walk(capture);
	size_t count = 0;

	while (capture_walk_next(&walk))
		count++;
	return count;
}

/* "TIME PID 812: " */
static void write_subject(struct output *output, const struct capture *capture)
{
	char time[TIME_SIZE];

	output_begin(output, STYLE_HEADING);
	writer_printf(&output->writer, "%s PID %d: ", format_time(time), capture->info.pid);
}

static void write_label(struct output *output, const struct mapsnap_info *info)
{
	writer_printf(&output->writer, " (%s: %s", mapsnap_consistency_name(info->consistency),
		      mapsnap_reason_text(info->reason));
}

/* The members that every line has. */
struct event {
	const char *name;
	const struct capture *capture;
	char time[TIME_SIZE];
};

static struct event event_of(const char *name, const struct capture *capture)
{
	struct event event = { .name = name, .capture = capture };

	format_time(event.time);
	return event;
}

static void add_event(struct object *object, const void *context)
{
	const struct event *event = context;

	add_string(object, "time", event->time);
	add_string(object, "event", event->name);
	json_add_process(object, event->capture);
}

static void write_begin_json(struct report *report, const struct capture *capture, bool executed)
{
	const struct event event = event_of(executed ? "exec" : "begin", capture);
	struct object object = object_new();

	add_event(&object, &event);
	json_add_label(&object, &capture->info);
	add_integer(&object, "mappings", (uint32_t)count_shown(capture));
	object_print_line(&object, &report->output->writer);
}

void report_begin(struct report *report, const struct capture *capture, bool executed)
{
	struct output *output = report->output;

	if (report->json) {
		write_begin_json(report, capture, executed);
		return;
	}
	write_subject(output, capture);
	writer_string(&output->writer, executed ? "called exec, now " : "");
	output_printable(output, capture->command ? capture->command : "-");
	writer_printf(&output->writer, ", %zu mappings", count_shown(capture));
	write_label(output, &capture->info);
	writer_string(&output->writer, ")");
	output_end(output, STYLE_HEADING);
}

/* Whether what changed and changed back is told as well. */
static bool is_gap_free(const struct changes *changes)
{
	return changes->diff.flags & MAPSNAP_DIFF_TOUCHED;
}

static void write_changes_json(struct report *report, const struct capture *capture,
			       const struct changes *changes, const struct tally *tally)
{
	const struct event event = event_of("changes", capture);
	const struct event each = event_of("change", capture);
	struct object object = object_new();

	add_event(&object, &event);
	json_add_label(&object, &capture->info);
	add_integer(&object, "added", (uint32_t)tally->added);
	add_integer(&object, "removed", (uint32_t)tally->removed);
	add_integer(&object, "changed", (uint32_t)tally->changed);
	add_integer(&object, "touched", (uint32_t)tally->touched);
	add_boolean(&object, "gap_free", is_gap_free(changes));
	object_print_line(&object, &report->output->writer);
	changes_write_json(*changes, report->output, add_event, &each);
}

void report_changes(struct report *report, const struct capture *capture,
		    const struct changes *changes)
{
	const struct tally tally = changes_count(*changes);
	struct output *output = report->output;

	if (tally_is_empty(&tally))
		return;
	if (report->json) {
		write_changes_json(report, capture, changes, &tally);
		return;
	}
	write_subject(output, capture);
	writer_printf(&output->writer, "%zu added, %zu removed, %zu changed", tally.added,
		      tally.removed, tally.changed);
	if (tally.touched)
		writer_printf(&output->writer, ", %zu touched", tally.touched);
	write_label(output, &capture->info);
	writer_string(&output->writer, is_gap_free(changes) ? ", gap-free)" : ", may have gaps)");
	output_end(output, STYLE_HEADING);
	changes_write(*changes, output);
}

void report_end(struct report *report, const struct capture *last)
{
	struct output *output = report->output;

	if (report->json) {
		const struct event event = event_of("end", last);
		struct object object = object_new();

		add_event(&object, &event);
		object_print_line(&object, &output->writer);
		return;
	}
	write_subject(output, last);
	writer_string(&output->writer, "ended");
	output_end(output, STYLE_HEADING);
}
