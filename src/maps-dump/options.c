/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_values.h"
#include "options_finish.h"
#include "status.h"

enum {
	KEY_ALL = 256,
	KEY_NAME,
	KEY_USER,
	KEY_CGROUP,
	KEY_SOCKET,
	KEY_JSON,
	KEY_JSONL,
	KEY_SUMMARY,
	KEY_TABLE,
	KEY_SVG,
	KEY_HTML,
	KEY_SORT,
	KEY_LOOKUP,
	KEY_DIFF,
	KEY_WATCH,
	KEY_EXEC,
	KEY_FILE,
	KEY_DELETED,
	KEY_RANGE,
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
	{ "user", KEY_USER, "USER", 0, "Every process of USER; may be repeated", 0 },
	{ "cgroup", KEY_CGROUP, "PATH", 0,
	  "Every process in this control group and those below it; may be repeated", 0 },
	{ "socket", KEY_SOCKET, "PATH", OPTION_ARG_OPTIONAL,
	  "Processes as mapsnapd has them, which listens there (" CLIENT_SOCKET ")", 0 },
	{ NULL, 0, NULL, 0, "Output:", 2 },
	{ "json", KEY_JSON, NULL, 0, "One JSON document", 0 },
	{ "jsonl", KEY_JSONL, NULL, 0, "A line of JSON for each target, answer or change", 0 },
	{ "summary", KEY_SUMMARY, NULL, 0, "A line of figures for each target", 0 },
	{ "table", KEY_TABLE, NULL, 0, "Columns with a total", 0 },
	{ "svg", KEY_SVG, NULL, 0, "A picture of each address space, in one drawing", 0 },
	{ "html", KEY_HTML, NULL, 0, "The same as a page, which tells more where one points", 0 },
	{ "output", 'o', "COLUMN,...", 0,
	  "The columns of the table: start, end, size, perms, offset, device, inode, kind, name, "
	  "path, deleted, buildid",
	  0 },
	{ "sort", KEY_SORT, "COLUMN", 0, "Sort the table by COLUMN, with - before it descending",
	  0 },
	{ "lookup", KEY_LOOKUP, "ADDRESS,...", 0,
	  "What is mapped at addresses, in hex; - reads them from standard input; may be repeated",
	  0 },
	{ "diff", KEY_DIFF, NULL, 0, "How two targets differ; exits as diff does", 0 },
	{ "watch", KEY_WATCH, "SECONDS", 0, "What changes, looked at so often", 0 },
	{ "verbose", 'v', NULL, 0, "Labels on standard error, terminal or not", 0 },
	{ NULL, 0, NULL, 0, "Mappings:", 3 },
	{ "exec", KEY_EXEC, NULL, 0, "Only executable ones", 0 },
	{ "file", KEY_FILE, NULL, 0, "Only those of files, memfds and shared memory", 0 },
	{ "deleted", KEY_DELETED, NULL, 0, "Only those of files that are deleted or replaced", 0 },
	{ "range", KEY_RANGE, "START-END", 0, "Only those that overlap these addresses, in hex",
	  0 },
	{ NULL, 0, NULL, 0, "Consistency:", 4 },
	{ "require-consistent", KEY_REQUIRE_CONSISTENT, NULL, 0,
	  "Print nothing that may mix instants, and exit with 3", 0 },
	{ "attempts", KEY_ATTEMPTS, "N", 0, "Try N times at most (5)", 0 },
	{ "deadline", KEY_DEADLINE, "TIME", 0,
	  "Begin no attempt after TIME: 100ms, 2s; a plain number is ms (100ms)", 0 },
	{ "fallback", KEY_FALLBACK, "WHAT", 0,
	  "When no attempt succeeds: unverified (default), locked, which makes the process wait, "
	  "frozen, which stops it and may have a call in which it sleeps return EINTR, or error",
	  0 },
	{ "source", KEY_SOURCE, "SOURCE", 0,
	  "Where the proof comes from: auto (default: what there is), ioctl, bpf or none", 0 },
	{ "route", KEY_ROUTE, "ROUTE", 0, "How to read: auto (default), text, query or snapshot",
	  0 },
	{ NULL, 0, NULL, 0, "Information:", 5 },
	{ "check", KEY_CHECK, NULL, 0, "Say which label this machine and user can give, and why",
	  0 },
	{ 0 },
};

static void set_format(struct options *options, const struct output_format *format,
		       struct argp_state *state)
{
	if (options->format && options->format != format)
		argp_error(state,
			   "only one of --json, --jsonl, --summary, --table, --svg and --html");
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

static void add_user(struct criteria *criteria, const char *user)
{
	int error = criteria_add_user(criteria, user);

	if (error == -ENOENT)
		errx(STATUS_FAILED, "--user: there is no user %s", user);
	if (error)
		errx(STATUS_FAILED, "--user: %s", strerror(-error));
}

static void add_criterion(struct criteria *criteria, const char *value,
			  int (*add)(struct criteria *criteria, const char *value))
{
	int error = add(criteria, value);

	if (error)
		errx(STATUS_FAILED, "%s: %s", value, strerror(-error));
}

/* Those that say which processes and mappings. */
static bool parse_what(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_ALL:
		options->all = true;
		return true;
	case KEY_NAME:
		add_criterion(&options->criteria, argument, criteria_add_name);
		return true;
	case KEY_USER:
		add_user(&options->criteria, argument);
		return true;
	case KEY_CGROUP:
		add_criterion(&options->criteria, argument, criteria_add_cgroup);
		return true;
	case KEY_SOCKET:
		options->socket = parse_socket(argument, state);
		return true;
	case KEY_EXEC:
		options->selection.executable = true;
		return true;
	case KEY_FILE:
		options->selection.file = true;
		return true;
	case KEY_DELETED:
		options->selection.deleted = true;
		return true;
	case KEY_RANGE:
		parse_range(argument, &options->selection, state);
		return true;
	case ARGP_KEY_ARG:
		add_argument(options, argument, state);
		return true;
	default:
		return false;
	}
}

/* Those that say what to print. */
static bool parse_output(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_JSON:
		set_format(options, &output_json, state);
		return true;
	case KEY_JSONL:
		set_format(options, &output_jsonl, state);
		return true;
	case KEY_SUMMARY:
		set_format(options, &output_summary, state);
		return true;
	case 'o':
		parse_columns(argument, &options->columns, state);
		set_format(options, &output_table, state);
		return true;
	case KEY_TABLE:
		set_format(options, &output_table, state);
		return true;
	case KEY_SVG:
		set_format(options, &output_svg, state);
		return true;
	case KEY_HTML:
		set_format(options, &output_html, state);
		return true;
	case KEY_SORT:
		parse_sort(argument, &options->sort, state);
		return true;
	case KEY_LOOKUP:
		options->lookup = true;
		parse_addresses(argument, &options->addresses, state);
		return true;
	case KEY_DIFF:
		options->diff = true;
		return true;
	case KEY_WATCH:
		options->watch_ns = parse_seconds(argument, state);
		return true;
	case KEY_CHECK:
		options->check = true;
		return true;
	case 'v':
		options->verbose = true;
		return true;
	default:
		return false;
	}
}

/* Those that say how to read. */
static bool parse_reading(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_ATTEMPTS:
		options->read.attempts = parse_attempts(argument, state);
		return true;
	case KEY_DEADLINE:
		options->read.deadline_ns = parse_deadline(argument, state);
		return true;
	case KEY_FALLBACK:
		options->read.fallback = parse_fallback(argument, state);
		return true;
	case KEY_SOURCE:
		options->source = parse_source(argument, state);
		return true;
	case KEY_ROUTE:
		options->read.route = parse_route(argument, state);
		return true;
	case KEY_REQUIRE_CONSISTENT:
		options->require_consistent = true;
		return true;
	default:
		return false;
	}
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	if (key == ARGP_KEY_END)
		options_finish(state->input, state);
	else if (!parse_what(key, argument, state) && !parse_output(key, argument, state) &&
		 !parse_reading(key, argument, state))
		return ARGP_ERR_UNKNOWN;
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
		.selection = SELECTION_ALL,
		.columns = default_columns,
		.read = { .size = sizeof(options->read), .fallback = MAPSNAP_FALLBACK_UNVERIFIED },
	};
	argp_parse(&argp, argc, argv, 0, NULL, options);
}

void options_free(struct options *options)
{
	targets_free(&options->targets);
	criteria_free(&options->criteria);
	addresses_free(&options->addresses);
	client_free(options->client);
}
