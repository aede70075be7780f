/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "clock.h"
#include "configuration.h"
#include "setting.h"

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

static bool load_file(struct options *options, const char *named, char *error, size_t size)
{
	const char *path = named ? named : USUAL_FILE;
	FILE *file = fopen(path, "re");
	bool loaded;

	if (!file && !named && errno == ENOENT)
		return true;
	if (!file) {
		snprintf(error, size, "%s: %s", path, strerror(errno));
		return false;
	}
	loaded = configuration_read(file, options, path, error, size);
	fclose(file);
	return loaded;
}

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
