/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "table_torture.h"
#include "table_torture_source.h"

/* Each is a counter of the tally; a run in which it stays below the least is void. */
static const struct {
	const char *name;
	size_t at;
	uint64_t least;
	bool numbered; /* only by the targets' own sequence */
} counters[] = {
	{ "latest", offsetof(struct table_tally, latest), 200, false },
	{ "timed", offsetof(struct table_tally, timed), 200, false },
	{ "timed_exact", offsetof(struct table_tally, timed_exact), 20, false },
	{ "numbered", offsetof(struct table_tally, numbered), 200, true },
	{ "numbered_exact", offsetof(struct table_tally, numbered_exact), 20, true },
	{ "absent", offsetof(struct table_tally, absent), 0, false },
	{ "unfinished", offsetof(struct table_tally, unfinished), 0, false },
	{ "beyond", offsetof(struct table_tally, beyond), 0, false },
	{ "asked", offsetof(struct table_tally, asked), 1000, false },
	{ "positive", offsetof(struct table_tally, positive), 1000, false },
	{ "controls", offsetof(struct table_tally, controls), 20, false },
	{ "controls_seen", offsetof(struct table_tally, seen), 10, false },
	{ "steps", offsetof(struct table_tally, steps), 50, false },
	{ "resyncs", offsetof(struct table_tally, resyncs), 5, false },
	{ "rounds", offsetof(struct table_tally, rounds), 20, false },
	{ "settled", offsetof(struct table_tally, settled), 10, false },
	{ "unsettled", offsetof(struct table_tally, unsettled), 0, false },
	{ "changed", offsetof(struct table_tally, changed), 30, false },
	{ "added", offsetof(struct table_tally, added), 10, false },
	{ "removed", offsetof(struct table_tally, removed), 10, false },
	{ "execs", offsetof(struct table_tally, execs), 10, false },
	{ "exits", offsetof(struct table_tally, exits), 10, false },
	{ "reuses", offsetof(struct table_tally, reuses), 5, false },
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

static uint64_t value(const struct table_tally *total, size_t i)
{
	return *(const uint64_t *)((const char *)total + counters[i].at);
}

static bool is_short(const struct table_settings *settings, const struct table_tally *total,
		     size_t i)
{
	return value(total, i) < counters[i].least &&
	       (!counters[i].numbered || table_source_is_target(settings->source));
}

/* Of what was mapped all the time so much has to be found. */
static bool finds_enough(const struct table_tally *total)
{
	return total->positive * 100 >= total->asked * 95;
}

enum table_verdict table_torture_judge(const struct table_settings *settings,
				       const struct table_tally *total)
{
	if (total->wrong || !finds_enough(total))
		return TABLE_WRONG;
	for (size_t i = 0; i < COUNTERS; i++)
		if (is_short(settings, total, i))
			return TABLE_VOID;
	return TABLE_GOOD;
}

static void report_json(const struct table_settings *settings, const struct table_tally *total)
{
	static const char *const verdicts[] = {
		[TABLE_GOOD] = "good",
		[TABLE_WRONG] = "wrong",
		[TABLE_VOID] = "void",
	};

	printf("{\"source\":\"%s\",\"verdict\":\"%s\",\"wrong\":%" PRIu64, settings->source,
	       verdicts[table_torture_judge(settings, total)], total->wrong);
	for (size_t i = 0; i < COUNTERS; i++)
		printf(",\"%s\":%" PRIu64, counters[i].name, value(total, i));
	puts("}");
}

static void report_verdict(const struct table_settings *settings, const struct table_tally *total)
{
	switch (table_torture_judge(settings, total)) {
	case TABLE_GOOD:
		puts("Good: all answers were right.");
		break;
	case TABLE_WRONG:
		if (total->wrong)
			printf("WRONG: %" PRIu64 " times; the first: %s\n", total->wrong,
			       total->why);
		else
			puts("WRONG: too little was found of what was mapped all the time.");
		break;
	case TABLE_VOID:
		puts("VOID: too little happened; let it run for longer.");
		break;
	}
}

void table_torture_report(const struct table_settings *settings, const struct table_tally *total)
{
	if (settings->json) {
		report_json(settings, total);
		return;
	}
	for (size_t i = 0; i < COUNTERS; i++)
		printf("%-16s %10" PRIu64 "%s\n", counters[i].name, value(total, i),
		       is_short(settings, total, i) ? "  too few" : "");
	report_verdict(settings, total);
}
