/* SPDX-License-Identifier: BSD-2-Clause */
#include "arguments.h"

#include <argp.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapsnap.h"

/* argp has keys of its own, below: what is none of these is the place of a setting. */
enum {
	KEY_CONFIG = 256,
	KEY_ONESHOT,
	KEY_SETTINGS
};

static const struct argp_option own[] = {
	{ "oneshot", KEY_ONESHOT, "FILE", OPTION_ARG_OPTIONAL,
	  "Read all once, print the metrics for node_exporter, and end", 0 },
	{ "config", KEY_CONFIG, "FILE", 0, "With options, a line each (/etc/mapsnapd.conf)", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};

static size_t count_settings(void)
{
	size_t count = 0;

	while (settings[count].name || settings[count].help)
		count++;
	return count;
}

/* What argp is to know of the settings, and after them our own. */
static struct argp_option *list_options(void)
{
	struct argp_option *list =
		calloc(count_settings() + sizeof(own) / sizeof(*own), sizeof(*list));
	size_t count = 0;
	int group = 0;

	if (!list)
		errx(EXIT_FAILURE, "out of memory");
	for (const struct setting *s = settings; s->name || s->help; s++) {
		group += !s->name;
		if (!s->name)
			list[count++] = (struct argp_option){ .doc = s->help, .group = group };
		else if (s->help)
			list[count++] =
				(struct argp_option){ .name = s->name,
						      .key = KEY_SETTINGS + (int)(s - settings),
						      .arg = s->argument,
						      .doc = s->help };
	}
	memcpy(&list[count], own, sizeof(own));
	return list;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	const struct setting *setting = NULL;

	if (key == KEY_CONFIG)
		arguments->config = argument;
	else if (key == KEY_ONESHOT)
		arguments->oneshot = argument ? argument : "-";
	else if (key == ARGP_KEY_ARG)
		setting = setting_find("pid");
	else if (key >= KEY_SETTINGS && key < ARGP_KEY_END)
		setting = &settings[key - KEY_SETTINGS];
	else
		return ARGP_ERR_UNKNOWN;
	if (setting)
		arguments->list[arguments->count++] = (struct argument){ setting, argument };
	return 0;
}

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "mapsnapd %s\n", mapsnap_version());
}

void arguments_parse(int argc, char **argv, struct arguments *arguments)
{
	struct argp_option *options = list_options();
	const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "[PID...]",
		.doc = "Keeps consistent snapshots of the mappings of processes, and serves them "
		       "over a Unix socket.\v"
		       "See mapsnapd(8).",
	};

	/* Each is a word of its own. */
	*arguments =
		(struct arguments){ .list = calloc((size_t)argc + 1, sizeof(*arguments->list)) };
	if (!arguments->list)
		errx(EXIT_FAILURE, "out of memory");
	argp_program_version_hook = print_version;
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, arguments);
	free(options);
}

void arguments_free(struct arguments *arguments)
{
	free(arguments->list);
}
