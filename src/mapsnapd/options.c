/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <err.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapsnap.h"
#include "setting.h"

#define SECOND       1000000000ull
#define USUAL_FILE   "/etc/mapsnapd.conf"
#define USUAL_SOCKET "/run/mapsnapd/mapsnapd.sock"

static void set_defaults(struct options *options)
{
	*options = (struct options){
		.socket = strdup(USUAL_SOCKET),
		.bounds = { .least_ns = SECOND, .most_ns = 10 * SECOND },
		.share = 0.05,
		.keep_ns = 10 * SECOND,
		.memory = 256ull << 20,
		.pending = 64ull << 20,
		.clients = 256,
		.timeout = 30,
	};
	if (!options->socket)
		errx(EXIT_FAILURE, "out of memory");
}

/* ---- the file */

struct file {
	struct options *options;
	char sentence[256]; /* about the first line that is wrong; "": none is, in a way that we
			       know */
};

/* An option a line, as on the command line without the dashes. */
static int take_line(void *context, const char *section, const char *name, const char *value)
{
	struct file *file = context;
	int key = *section ? 0 : setting_key(name);
	char sentence[sizeof(file->sentence)];

	if (key && setting_set(file->options, key, value, sentence, sizeof(sentence)))
		return 1;
	if (*file->sentence)
		return 0;
	if (key)
		memcpy(file->sentence, sentence, sizeof(sentence));
	else
		snprintf(file->sentence, sizeof(file->sentence), "%s: %s", name,
			 *section ? "there are no sections" : "there is no such option");
	return 0;
}

static bool load_file(struct options *options, const char *named, char *error, size_t size)
{
	const char *path = named ? named : USUAL_FILE;
	struct file file = { .options = options };
	FILE *stream = fopen(path, "re");
	int line;

	if (!stream && !named && errno == ENOENT)
		return true;
	if (!stream) {
		snprintf(error, size, "%s: %s", path, strerror(errno));
		return false;
	}
	line = ini_parse_file(stream, take_line, &file);
	fclose(stream);
	if (line)
		snprintf(error, size, "%s:%d: %s", path, line,
			 *file.sentence ? file.sentence : "write OPTION = VALUE");
	return line == 0;
}

/* ---- the arguments */

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	char error[256];

	if (key == ARGP_KEY_ARG) {
		if (!setting_add_pid(options, argument, error, sizeof(error)))
			argp_error(state, "%s", error);
		return 0;
	}
	if (!setting_exists(key))
		return ARGP_ERR_UNKNOWN;
	if (!setting_set(options, key, argument, error, sizeof(error)))
		argp_error(state, "%s", error);
	return 0;
}

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "mapsnapd %s\n", mapsnap_version());
}

static void parse_arguments(int argc, char **argv, struct options *options)
{
	static const struct argp argp = {
		.options = setting_table,
		.parser = parse_option,
		.args_doc = "[PID...]",
		.doc = "Keeps consistent snapshots of the mappings of processes, and serves them "
		       "over a Unix socket.\v"
		       "See mapsnapd(8).",
	};

	argp_program_version_hook = print_version;
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, options);
}

/* ---- both */

static bool check(const struct options *options, char *error, size_t size)
{
	if (options->bounds.least_ns <= options->bounds.most_ns)
		return true;
	snprintf(error, size, "max-interval: shorter than interval");
	return false;
}

bool options_reload(int argc, char **argv, struct options *options, char *error, size_t size)
{
	struct options arguments;
	bool loaded;

	set_defaults(&arguments);
	parse_arguments(argc, argv, &arguments);
	set_defaults(options);
	loaded = load_file(options, arguments.config, error, size);
	options_free(&arguments);
	if (loaded) {
		parse_arguments(argc, argv, options);
		loaded = check(options, error, size);
	}
	if (!loaded)
		options_free(options);
	return loaded;
}

void options_parse(int argc, char **argv, struct options *options)
{
	char error[512];

	if (!options_reload(argc, argv, options, error, sizeof(error)))
		errx(2, "%s", error);
}
