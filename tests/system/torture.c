/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-torture: whether what a label promises is so, on a target that keeps changing. */
#include "torture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "die.h"

static const char usage[] =
	"Usage: mapsnap-torture [OPTION...]\n"
	"\n"
	"Reads a busy mapsnap-target in turn as cat does and by the library, and checks every\n"
	"mapping of every snapshot against what the target promised.\n"
	"\n"
	"  --mode MODE       what the target does, see mapsnap-target --help (move)\n"
	"  --mappings N      its static mappings (5000)\n"
	"  --backing KIND    of those: mixed, anonymous or files (mixed)\n"
	"  --rate N|max      its changes a second (max)\n"
	"  --reads N         of each kind (200)\n"
	"  --seconds N       end after so long even so\n"
	"  --route ROUTE     of the library: auto, text, query or snapshot (auto)\n"
	"  --fallback WHAT   of the library: unverified, locked, frozen or error (unverified);\n"
	"                    with --source none locked or frozen makes every read such a one\n"
	"  --attempts N      of the library; its default if not given\n"
	"  --deadline MS     of the library; its default if not given\n"
	"  --source SOURCE   what the library verifies by: auto, ioctl, bpf, none, target\n"
	"                    or liar (auto)\n"
	"  --chain           bring each up to date from the one before, ten with each plain\n"
	"                    read; where the target's one address space stays\n"
	"  --json            one line of JSON\n"
	"  --demo            a fixed setting, and two lines for people\n"
	"\n"
	"Exit status: 0 good; 1 a snapshot with a consistent label was torn; 2 void, plain reads\n"
	"were hardly torn either; 3 it could not run.\n";

static uint32_t route_from(const char *text)
{
	for (uint32_t route = MAPSNAP_ROUTE_AUTO; route <= MAPSNAP_ROUTE_SNAPSHOT; route++)
		if (strcmp(text, mapsnap_route_name(route)) == 0)
			return route;
	die_misused("no such route");
}

static uint32_t fallback_from(const char *text)
{
	static const char *const fallbacks[] = {
		[MAPSNAP_FALLBACK_ERROR] = "error",
		[MAPSNAP_FALLBACK_UNVERIFIED] = "unverified",
		[MAPSNAP_FALLBACK_LOCKED] = "locked",
		[MAPSNAP_FALLBACK_FROZEN] = "frozen",
	};

	for (uint32_t i = 0; i < sizeof(fallbacks) / sizeof(fallbacks[0]); i++)
		if (strcmp(text, fallbacks[i]) == 0)
			return i;
	die_misused("no such fallback");
}

/* Changes enough to tear every other plain read, but leaves gaps to read in. */
static void set_demo(struct torture_settings *settings)
{
	settings->demo = true;
	settings->mappings = "2000";
	settings->rate = "500";
}

static void set_option(void *to, int option, const char *value)
{
	struct torture_settings *settings = to;

	switch (option) {
	case 'm':
		settings->mode = value;
		break;
	case 'n':
		settings->mappings = value;
		break;
	case 'b':
		settings->backing = value;
		break;
	case 'r':
		settings->rate = value;
		break;
	case 'N':
		settings->reads = die_unless_number(value);
		break;
	case 's':
		settings->seconds = die_unless_number(value);
		break;
	case 'R':
		settings->options.route = route_from(value);
		break;
	case 'f':
		settings->options.fallback = fallback_from(value);
		break;
	case 'a':
		settings->options.attempts = (uint32_t)die_unless_number(value);
		break;
	case 'd':
		settings->options.deadline_ns = die_unless_number(value) * 1000000u;
		break;
	case 'S':
		settings->source = value;
		break;
	case 'c':
		settings->chained = true;
		break;
	case 'j':
		settings->json = true;
		break;
	case 'D':
		set_demo(settings);
		break;
	}
}

static const struct option options[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "mappings", required_argument, NULL, 'n' },
	{ "backing", required_argument, NULL, 'b' },
	{ "rate", required_argument, NULL, 'r' },
	{ "reads", required_argument, NULL, 'N' },
	{ "seconds", required_argument, NULL, 's' },
	{ "route", required_argument, NULL, 'R' },
	{ "fallback", required_argument, NULL, 'f' },
	{ "attempts", required_argument, NULL, 'a' },
	{ "deadline", required_argument, NULL, 'd' },
	{ "source", required_argument, NULL, 'S' },
	{ "chain", no_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "demo", no_argument, NULL, 'D' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct command_line command_line = { usage, options, set_option };

static void parse_options(struct torture_settings *settings, int argc, char **argv)
{
	command_line_parse(&command_line, settings, argc, argv);
	/* It never reports the gate, so it must not be asked for. */
	if (settings->options.route == MAPSNAP_ROUTE_QUERY)
		settings->options.filter = MAPSNAP_FILTER_NO_GATE;
}

/* A demonstration shows what there is to see; on a slow machine that may be little. */
static int exit_status(const struct torture_settings *settings, const struct torture_result *result)
{
	enum torture_verdict verdict = torture_judge(result);

	return settings->demo && verdict == TORTURE_VOID ? 0 : (int)verdict;
}

int main(int argc, char **argv)
{
	struct torture_settings settings = {
		.mode = "move",
		.mappings = "5000",
		.rate = "max",
		.backing = "mixed",
		.source = "auto",
		.reads = 200,
		.options = {
			.size = sizeof(settings.options),
			.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
		},
	};
	struct torture_result result;
	int status;

	parse_options(&settings, argc, argv);
	torture_run(&settings, &result);
	torture_report(&settings, &result);
	status = exit_status(&settings, &result);
	free(result.pauses.list);
	return status;
}
