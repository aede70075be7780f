/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture_reading.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../mappings.h"
#include "clock.h"
#include "die.h"

/* What the target said just before and just after, and how long it took. */
struct reading {
	const struct torture_subject *subject;
	struct invariant_moment before;
	struct invariant_moment after;
	uint64_t ns;
	uint64_t since;
};

static struct reading reading_begin(const struct torture_subject *subject)
{
	return (struct reading){
		.subject = subject,
		.since = now_ns(),
		.before = invariant_now(subject->seat),
	};
}

static void reading_end(struct reading *reading)
{
	reading->after = invariant_now(reading->subject->seat);
	reading->ns = now_ns() - reading->since;
}

static bool stood(const struct reading *reading, const struct invariant_moment *moment)
{
	return torture_subject_stands(reading->subject, moment);
}

/* An end is a change too. */
static bool saw_change(const struct reading *reading)
{
	return !stood(reading, &reading->before) || !stood(reading, &reading->after) ||
	       reading->after.sequence != reading->before.sequence || reading->before.sequence & 1;
}

static bool holds(const struct reading *reading, const struct mapsnap_mapping *mappings,
		  size_t count, char *why, size_t size)
{
	const struct torture_subject *subject = reading->subject;
	uint64_t before = subject->opened, after = INVARIANT_AT_ITS_END;

	if (torture_subject_over(subject, &reading->before)) {
		snprintf(why, size,
			 "it is address space %" PRIu64 " of a process that had its %" PRIu64
			 "th when the read began",
			 subject->space.number / 2, reading->before.number / 2);
		return false;
	}
	if (stood(reading, &reading->before))
		before = reading->before.sequence;
	if (stood(reading, &reading->after))
		after = reading->after.sequence;
	return invariant_holds(subject->invariant, &subject->space, mappings, count, before, after,
			       why, size);
}

static void count_torn(struct torture_tally *tally, const char *why)
{
	if (tally->torn++ == 0)
		snprintf(tally->why, sizeof(tally->why), "%s", why);
}

static void count(struct torture_tally *tally, const struct reading *reading,
		  const struct mapsnap *snapshot)
{
	struct mapsnap_mapping *mappings = mappings_copied(snapshot);
	size_t number = mapsnap_count(snapshot);
	char why[sizeof(tally->why)];

	if (!mappings)
		die("no memory for %zu mappings", number);
	tally->snapshots++;
	tally->ns += reading->ns;
	if (!holds(reading, mappings, number, why, sizeof(why))) {
		count_torn(tally, why);
		tally->cut_off += invariant_cut_off(&reading->subject->space, mappings, number);
	}
	free(mappings);
}

/* Nobody takes that for a layout. */
static bool gave_nothing(int r, const struct torture_reader *reader)
{
	return r == -ESRCH || (r == 0 && reader->text.length == 0);
}

void torture_read_plain(struct torture_reader *reader, const struct torture_subject *subject)
{
	struct torture_tally *tally = &reader->result->plain;
	struct reading reading = reading_begin(subject);
	struct mapsnap *snapshot;
	size_t line;
	int r = maps_text_read(&reader->text, subject->maps_fd);

	reading_end(&reading);
	if (gave_nothing(r, reader) && !stood(&reading, &reading.after))
		return;
	if (r == 0)
		r = mapsnap_parse(reader->text.bytes, reader->text.length, &snapshot, &line);
	errno = -r;
	if (r)
		die("cannot read the target's maps");
	tally->attempts++;
	tally->changed += saw_change(&reading);
	count(tally, &reading, snapshot);
	mapsnap_unref(snapshot);
}

/*
 * All attempts but the last were given up because of a change, and that too where
 * a lock or a stop followed.
 */
static uint64_t attempts_with_change(const struct mapsnap_info *info, const struct reading *reading)
{
	bool last = saw_change(reading) &&
		    (info->attempts == 1 || info->consistency == MAPSNAP_UNVERIFIED);

	if (info->consistency == MAPSNAP_LOCKED || info->pause_ns)
		return info->attempts;
	return info->attempts - 1 + last;
}

static void count_labelled(struct torture_result *result, const struct reading *reading,
			   const struct mapsnap *snapshot)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);
	struct torture_tally *tally = &result->labels[info->consistency];

	if (info->consistency == MAPSNAP_UNVERIFIED)
		result->reason = info->reason;
	if (info->pause_ns)
		torture_pauses_add(&result->pauses, info->pause_ns);
	tally->attempts += info->attempts;
	tally->changed += attempts_with_change(info, reading);
	count(tally, reading, snapshot);
}

/* Exec is never taken for the end of the process, nor the other way round. */
static bool names_the_end(const struct reading *reading, int error)
{
	uint64_t number = reading->subject->space.number;
	uint64_t last = invariant_last(reading->subject->invariant, number);

	return error == ESTALE ? number != last : reading->after.number > last;
}

/* That it was gone is true only where it began to end. */
static void count_gone(struct torture_tally *tally, const struct reading *reading, int error)
{
	const struct torture_subject *subject = reading->subject;
	char why[sizeof(tally->why)];

	tally->snapshots++;
	tally->ns += reading->ns;
	if (stood(reading, &reading->before)) {
		tally->attempts++;
		tally->changed++;
	}
	snprintf(why, sizeof(why), "%s: %s", strerrorname_np(error),
		 mapsnap_error(subject->process));
	if (stood(reading, &reading->after) || !names_the_end(reading, error))
		count_torn(tally, why);
}

struct mapsnap *torture_read_labelled(struct torture_reader *reader,
				      const struct torture_subject *subject, struct mapsnap *old,
				      struct mapsnap_diff *changes)
{
	struct torture_result *result = reader->result;
	struct mapsnap *snapshot = NULL;
	struct reading reading;
	int r;

	torture_source_of(&reader->source, subject);
	reading = reading_begin(subject);
	if (old)
		r = mapsnap_changes(subject->process, &reader->options, old, &snapshot, changes);
	else
		r = mapsnap_read(subject->process, &reader->options, &snapshot);
	reading_end(&reading);
	errno = -r;
	if (r && r != -ESRCH && r != -ESTALE && r != -EAGAIN)
		die("reading: %s", mapsnap_error(subject->process));
	if (r == -EAGAIN)
		result->unsettled++;
	else if (r)
		count_gone(&result->gone, &reading, -r);
	else if (snapshot == old)
		count(&result->unchanged, &reading, snapshot);
	else
		count_labelled(result, &reading, snapshot);
	return snapshot;
}
