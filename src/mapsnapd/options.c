/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <err.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
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
	const struct setting *setting = *section ? NULL : setting_find(name);
	char sentence[sizeof(file->sentence)];

	if (setting && setting_set(setting, file->options, value, sentence, sizeof(sentence)))
		return 1;
	if (*file->sentence)
		return 0;
	if (setting)
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

/* ---- what lies over it */

static bool add_arguments(struct options *options, const struct arguments *arguments, char *error,
			  size_t size)
{
	bool added = true;

	for (size_t i = 0; i < arguments->count && added; i++)
		added = setting_set(arguments->list[i].setting, options, arguments->list[i].value,
				    error, size);
	return added;
}

static bool check(const struct options *options, char *error, size_t size)
{
	if (options->bounds.least_ns <= options->bounds.most_ns)
		return true;
	snprintf(error, size, "max-interval: shorter than interval");
	return false;
}

bool options_load(struct options *options, const struct arguments *arguments, char *error,
		  size_t size)
{
	set_defaults(options);
	if (load_file(options, arguments->config, error, size) &&
	    add_arguments(options, arguments, error, size) && check(options, error, size))
		return true;
	options_free(options);
	return false;
}
