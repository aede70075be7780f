/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service is to do: by its configuration file, and over that by its arguments. */
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
	char *socket; /* path */
	char *group;  /* name; NULL: the usual one, which need not exist */
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

struct arguments;

/*
 * Reads the file again. False, with a sentence: they make no sense, or not any more, as where
 * a user has gone; there are none then.
 */
bool options_load(struct options *options, const struct arguments *arguments, char *error,
		  size_t size);

/* What settings have put into them. */
void options_free(struct options *options);

#endif
