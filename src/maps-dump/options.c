/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

enum {
	KEY_ALL = 256,
	KEY_NAME,
	KEY_JSON,
	KEY_SUMMARY,
	KEY_CHECK,
	KEY_ATTEMPTS,
	KEY_DEADLINE,
	KEY_FALLBACK,
	KEY_ROUTE,
	KEY_SOURCE,
	KEY_REQUIRE_CONSISTENT
};

static const struct argp_option table[] = {
	{ NULL, 0, NULL, 0, "Targets besides PIDs and files:", 1 },
	{ "all", KEY_ALL, NULL, 0, "Every process but kernel threads", 0 },
	{ "name", KEY_NAME, "NAME", 0, "Every process called NAME; may be repeated", 0 },
	{ NULL, 0, NULL, 0, "Output:", 2 },
	{ "json", KEY_JSON, NULL, 0, "One JSON document", 0 },
	{ "summary", KEY_SUMMARY, NULL, 0, "A line of figures for each target", 0 },
	{ "verbose", 'v', NULL, 0, "Labels on standard error, terminal or not", 0 },
	{ NULL, 0, NULL, 0, "Consistency:", 3 },
	{ "require-consistent", KEY_REQUIRE_CONSISTENT, NULL, 0,
	  "Print nothing that may mix instants, and exit with 3", 0 },
	{ "attempts", KEY_ATTEMPTS, "N", 0, "Try N times at most (5)", 0 },
	{ "deadline", KEY_DEADLINE, "TIME", 0,
	  "Begin no attempt after TIME: 100ms, 2s; a plain number is ms (100ms)", 0 },
	{ "fallback", KEY_FALLBACK, "WHAT", 0,
	  "When no attempt succeeds: unverified (default), locked, which makes the process wait, "
	  "or error",
	  0 },
	{ "source", KEY_SOURCE, "SOURCE", 0,
	  "Where the proof comes from: auto (default: what there is), ioctl, bpf or none", 0 },
	{ "route", KEY_ROUTE, "ROUTE", 0, "How to read: auto (default), text, query or snapshot",
	  0 },
	{ NULL, 0, NULL, 0, "Information:", 4 },
	{ "check", KEY_CHECK, NULL, 0, "Say which label this machine and user can give, and why",
	  0 },
	{ 0 },
};

/* A word on the command line and what it stands for. */
struct word {
	const char *word;
	uint32_t value;
};

static const struct word fallbacks[] = {
	{ "error", MAPSNAP_FALLBACK_ERROR },
	{ "unverified", MAPSNAP_FALLBACK_UNVERIFIED },
	{ "locked", MAPSNAP_FALLBACK_LOCKED },
	{ NULL, 0 },
};

static const struct word sources[] = {
	{ "auto", SOURCE_AUTO },
	{ "ioctl", SOURCE_IOCTL },
	{ "bpf", SOURCE_BPF },
	{ "none", SOURCE_NONE },
	{ NULL, 0 },
};

static const struct word routes[] = {
	{ "auto", MAPSNAP_ROUTE_AUTO },
	{ "text", MAPSNAP_ROUTE_TEXT },
	{ "query", MAPSNAP_ROUTE_QUERY },
	{ "snapshot", MAPSNAP_ROUTE_SNAPSHOT },
	{ NULL, 0 },
};

static uint32_t parse_word(const char *option, const char *argument, const struct word *words,
			   struct argp_state *state)
{
	for (; words->word; words++)
		if (strcmp(words->word, argument) == 0)
			return words->value;
	argp_error(state, "--%s: no such choice: %s", option, argument);
	return 0;
}

/* Digits up to max, with *rest behind them; 0 where that is not what stands there. */
static uint64_t parse_count(const char *argument, uint64_t max, const char **rest)
{
	unsigned long long value;
	char *end;

	if (strspn(argument, "0123456789") == 0)
		return 0;
	errno = 0;
	value = strtoull(argument, &end, 10);
	*rest = end;
	return errno || value > max ? 0 : value;
}

static uint32_t parse_attempts(const char *argument, struct argp_state *state)
{
	const char *rest;
	uint64_t attempts = parse_count(argument, UINT32_MAX, &rest);

	if (!attempts || *rest)
		argp_error(state, "--attempts: not a number from 1 to %u: %s", UINT32_MAX,
			   argument);
	return (uint32_t)attempts;
}

static uint64_t parse_deadline(const char *argument, struct argp_state *state)
{
	static const uint64_t ms = 1000 * 1000, s = 1000 * ms;
	const char *rest;
	uint64_t count = parse_count(argument, INT64_MAX / s, &rest);

	if (count && strcmp(rest, "s") == 0)
		return count * s;
	if (count && (*rest == '\0' || strcmp(rest, "ms") == 0))
		return count * ms;
	argp_error(state, "--deadline: not a time like 100ms or 2s: %s", argument);
	return 0;
}

static void set_format(struct options *options, const struct output_format *format,
		       struct argp_state *state)
{
	if (options->format && options->format != format)
		argp_error(state, "--json and --summary exclude each other");
	options->format = format;
}

static void add_argument(struct options *options, const char *argument, struct argp_state *state)
{
	int error = targets_add(&options->targets, argument);

	if (error == -ERANGE)
		argp_error(state, "%s: no PID is that number; a file of that name is ./%s",
			   argument, argument);
	else if (error == -EEXIST)
		argp_error(state, "standard input can be read only once");
	else if (error)
		errx(STATUS_FAILED, "%s: %s", argument, strerror(-error));
}

/* No match is an error: a name that was mistyped must not look like success. */
static void add_processes(struct options *options, const char *name)
{
	int found = targets_find(&options->targets, name);

	if (found < 0)
		errx(STATUS_FAILED, "can't list processes in /proc: %s", strerror(-found));
	if (found == 0 && name)
		errx(STATUS_FAILED, "--name: no process is called %s", name);
}

static void finish(struct options *options, struct argp_state *state)
{
	if (options->check && (options->targets.count || options->all || options->format))
		argp_error(state, "--check goes with no target and no other output");
	if (!options->check && !options->all && options->targets.count == 0)
		errx(STATUS_USAGE, "say what to dump: a PID, --name NAME, --all or a saved file; "
				   "--help tells more");
	if (!options->format)
		options->format = &output_text;
	/* What is not consistent is then refused by its label, which says why. */
	if (options->require_consistent && options->read.fallback == MAPSNAP_FALLBACK_ERROR)
		options->read.fallback = MAPSNAP_FALLBACK_UNVERIFIED;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_ALL:
		options->all = true;
		add_processes(options, NULL);
		break;
	case KEY_NAME:
		add_processes(options, argument);
		break;
	case KEY_JSON:
		set_format(options, &output_json, state);
		break;
	case KEY_SUMMARY:
		set_format(options, &output_summary, state);
		break;
	case KEY_CHECK:
		options->check = true;
		break;
	case KEY_ATTEMPTS:
		options->read.attempts = parse_attempts(argument, state);
		break;
	case KEY_DEADLINE:
		options->read.deadline_ns = parse_deadline(argument, state);
		break;
	case KEY_FALLBACK:
		options->read.fallback = parse_word("fallback", argument, fallbacks, state);
		break;
	case KEY_SOURCE:
		options->source = parse_word("source", argument, sources, state);
		break;
	case KEY_ROUTE:
		options->read.route = parse_word("route", argument, routes, state);
		break;
	case KEY_REQUIRE_CONSISTENT:
		options->require_consistent = true;
		break;
	case 'v':
		options->verbose = true;
		break;
	case ARGP_KEY_ARG:
		add_argument(options, argument, state);
		break;
	case ARGP_KEY_END:
		finish(options, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "maps-dump %s\n", mapsnap_version());
}

void options_parse(int argc, char **argv, struct options *options)
{
	static const struct argp argp = {
		.options = table,
		.parser = parse_option,
		.args_doc = "[PID|FILE...]",
		.doc = "Print the memory mappings of processes as /proc/PID/maps does, with a "
		       "label that says whether they all held at one instant."
		       "\vFILE is a saved capture, text or JSON; - is standard input.",
	};

	argp_err_exit_status = STATUS_USAGE;
	argp_program_version_hook = print_version;
	*options = (struct options){
		.read = { .size = sizeof(options->read), .fallback = MAPSNAP_FALLBACK_UNVERIFIED },
	};
	argp_parse(&argp, argc, argv, 0, NULL, options);
}
