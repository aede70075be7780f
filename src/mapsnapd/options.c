/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mapsnap.h"

#define SECOND 1000000000ull

enum {
	KEY_ALL = 256,
	KEY_NAME,
	KEY_USER,
	KEY_CGROUP,
	KEY_SOCKET,
	KEY_GROUP,
	KEY_INTERVAL,
	KEY_KEEP,
	KEY_MEMORY,
	KEY_CLIENTS,
	KEY_SOURCE
};

static const struct argp_option table[] = {
	{ NULL, 0, NULL, 0, "Which processes, besides PIDs; without any, all:", 1 },
	{ "all", KEY_ALL, NULL, 0, "Every process but kernel threads", 0 },
	{ "name", KEY_NAME, "NAME", 0, "Every process called NAME; may be repeated", 0 },
	{ "user", KEY_USER, "USER", 0, "Every process of USER; may be repeated", 0 },
	{ "cgroup", KEY_CGROUP, "PATH", 0,
	  "Every process in this control group and those below it; may be repeated", 0 },
	{ NULL, 0, NULL, 0, "How:", 2 },
	{ "interval", KEY_INTERVAL, "SECONDS", 0, "Between two rounds (1)", 0 },
	{ "keep", KEY_KEEP, "SECONDS", 0, "What is known of a process after its end (10)", 0 },
	{ "memory", KEY_MEMORY, "MIB", 0, "That snapshots may take (256)", 0 },
	{ "source", KEY_SOURCE, "SOURCE", 0, "Of the proof: auto, ioctl, bpf or none (auto)", 0 },
	{ NULL, 0, NULL, 0, "For whom:", 3 },
	{ "socket", KEY_SOCKET, "PATH", 0,
	  "To listen on (/run/mapsnapd/mapsnapd.sock), unless systemd gives one", 0 },
	{ "group", KEY_GROUP, "NAME", 0,
	  "Who is in it may read everything (mapsnap, if there is one)", 0 },
	{ "clients", KEY_CLIENTS, "NUMBER", 0, "Connections at a time (256)", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};

/* A decimal number with a part behind the point, in ns. */
static uint64_t parse_seconds(const char *argument, struct argp_state *state)
{
	char *end;
	double seconds = strtod(argument, &end);

	if (end == argument || *end || !(seconds >= 0.01 && seconds <= 86400))
		argp_error(state, "%s: not a number of seconds from 0.01 to 86400", argument);
	return (uint64_t)(seconds * SECOND);
}

static uint64_t parse_number(const char *argument, uint64_t most, struct argp_state *state)
{
	char *end;
	uintmax_t number;

	errno = 0;
	number = strtoumax(argument, &end, 10);
	if (*argument < '0' || *argument > '9' || *end || errno || number == 0 || number > most)
		argp_error(state, "%s: not a number from 1 to %" PRIu64, argument, most);
	return number;
}

static void add_pid(struct options *options, const char *argument, struct argp_state *state)
{
	pid_t *longer = reallocarray(options->pids, options->pid_count + 1, sizeof(*longer));

	if (!longer)
		err(EXIT_FAILURE, "%s", argument);
	options->pids = longer;
	longer[options->pid_count++] = (pid_t)parse_number(argument, INT_MAX, state);
}

static enum source_choice parse_source(const char *argument, struct argp_state *state)
{
	static const char *const names[] = { [SOURCE_AUTO] = "auto",
					     [SOURCE_IOCTL] = "ioctl",
					     [SOURCE_BPF] = "bpf",
					     [SOURCE_NONE] = "none" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(argument, names[i]) == 0)
			return (enum source_choice)i;
	argp_error(state, "%s: not a source: auto, ioctl, bpf or none", argument);
	return SOURCE_AUTO;
}

static void add_criterion(int error, const char *argument, struct argp_state *state)
{
	if (error == -ENOENT)
		argp_failure(state, EXIT_FAILURE, 0, "there is no user called %s", argument);
	else if (error)
		argp_failure(state, EXIT_FAILURE, -error, "%s", argument);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_ALL:
		return 0;
	case KEY_NAME:
		add_criterion(criteria_add_name(&options->criteria, argument), argument, state);
		return 0;
	case KEY_USER:
		add_criterion(criteria_add_user(&options->criteria, argument), argument, state);
		return 0;
	case KEY_CGROUP:
		add_criterion(criteria_add_cgroup(&options->criteria, argument), argument, state);
		return 0;
	case KEY_SOCKET:
		options->socket = argument;
		return 0;
	case KEY_GROUP:
		options->group = argument;
		return 0;
	case KEY_INTERVAL:
		options->interval_ns = parse_seconds(argument, state);
		return 0;
	case KEY_KEEP:
		options->keep_ns = parse_seconds(argument, state);
		return 0;
	case KEY_MEMORY:
		options->memory = parse_number(argument, 1 << 24, state) << 20;
		return 0;
	case KEY_CLIENTS:
		options->clients = (unsigned int)parse_number(argument, 65536, state);
		return 0;
	case KEY_SOURCE:
		options->source = parse_source(argument, state);
		return 0;
	case ARGP_KEY_ARG:
		add_pid(options, argument, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "mapsnapd %s\n", mapsnap_version());
}

void options_parse(int argc, char **argv, struct options *options)
{
	static const struct argp argp = {
		.options = table,
		.parser = parse_option,
		.args_doc = "[PID...]",
		.doc = "Keeps consistent snapshots of the mappings of processes, and serves them "
		       "over a Unix socket.\v"
		       "See mapsnapd(8).",
	};

	argp_program_version_hook = print_version;
	*options = (struct options){
		.socket = "/run/mapsnapd/mapsnapd.sock",
		.interval_ns = SECOND,
		.keep_ns = 10 * SECOND,
		.memory = 256ull << 20,
		.clients = 256,
	};
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, options);
}

void options_free(struct options *options)
{
	criteria_free(&options->criteria);
	free(options->pids);
}
