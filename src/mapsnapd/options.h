/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service was started with: its configuration file, and over that its arguments. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "criteria.h"
#include "lookout.h"
#include "pace.h"
#include "source.h"

struct options {
	char *config;  /* path; NULL: the usual one, which need not exist */
	char *socket;  /* path */
	char *group;   /* name; NULL: the usual one, which need not exist */
	char *oneshot; /* the file for metrics, "-": standard output; NULL: to serve */
	struct criteria criteria;
	pid_t *pids; /* ascending, each once */
	size_t pid_count;
	struct pace_bounds bounds;
	double share; /* of one processor */
	uint64_t keep_ns;
	uint64_t memory;  /* bytes */
	uint64_t pending; /* bytes */
	unsigned int clients;
	unsigned int timeout; /* seconds */
	enum source_choice source;
	enum grouping grouping;
};

/* Ends the program where they make no sense. */
void options_parse(int argc, char **argv, struct options *options);

/* Anew, after the file was changed. False, with a sentence: they make no sense, there are none. */
bool options_reload(int argc, char **argv, struct options *options, char *error, size_t size);

/* What settings have put into them. */
void options_free(struct options *options);

#endif
