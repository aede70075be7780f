/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>

#include "moment.h"

static uint64_t sequence_of(const struct generation *generation)
{
	return generation->snapshot ? mapsnap_info(generation->snapshot)->sequence : 0;
}

/* The newest that was there by then. */
static struct moment by_time(const struct generation *latest, uint64_t time_ns)
{
	struct moment moment = { .before = latest };

	while (moment.before && moment.before->from_ns > time_ns) {
		moment.after = moment.before;
		moment.before = generation_older(moment.before);
	}
	if (!moment.before || time_ns > generation_until(moment.before))
		return moment;
	moment.held = true;
	moment.after = NULL;
	return moment;
}

/*
 * Whether the program of which this is the newest is known to have run then; who
 * gives no time means the latest. Another program has the same sequences over again:
 * exec is noticed later than it happens.
 */
static bool ran_at(const struct generation *newest, uint64_t time_ns)
{
	uint64_t proved = generation_until(newest);

	/* It ran while it was read, but maybe not until that was over. */
	if (newest->snapshot && mapsnap_info(newest->snapshot)->begin_ns > proved)
		proved = mapsnap_info(newest->snapshot)->begin_ns;
	return !time_ns || (newest->program_ns <= time_ns && time_ns <= proved);
}

/* Of the programs before the one that ran then nothing is asked: their sequences are their own. */
static struct moment by_sequence(const struct generation *first,
				 const struct mapsnap_sample *sample)
{
	struct moment moment = { .before = first };
	uint64_t sequence = sample->sequence;

	while (moment.before && sequence_of(moment.before) > sequence) {
		moment.after = moment.before;
		moment.before = generation_older(moment.before);
		if (moment.before && moment.before->program != first->program)
			moment.before = NULL;
	}
	if (!moment.before || sequence_of(moment.before) != sequence)
		return moment;
	moment.held = ran_at(first, sample->time_ns);
	moment.after = NULL;
	return moment;
}

bool moment_is_before_program(const struct generation *generation, uint64_t time_ns)
{
	return generation->since_ns > time_ns;
}

/* The newest of the program that ran at that time; NULL: nothing is kept of it. */
static const struct generation *program_at(const struct generation *latest, uint64_t time_ns)
{
	while (latest && time_ns && moment_is_before_program(latest, time_ns))
		latest = generation_older(latest);
	return latest;
}

struct moment moment_find(const struct generation *latest, const struct mapsnap_sample *sample)
{
	const struct generation *newest;

	if (!sample->sequence)
		return by_time(latest, sample->time_ns);
	newest = program_at(latest, sample->time_ns);
	return newest ? by_sequence(newest, sample) : (struct moment){ 0 };
}

bool moment_is_untouched(const struct moment *moment, uint64_t address)
{
	const struct generation *after = moment->after;

	return moment->before && after && after->changes & MAPSNAP_DIFF_TOUCHED &&
	       generation_older(after) == moment->before &&
	       !mapsnap_touched(after->snapshot, address, address + 1);
}
