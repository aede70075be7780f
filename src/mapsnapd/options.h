/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service was started with. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>
#include <sys/types.h>

#include "source.h"
#include "target.h"

struct options {
	const char *socket; /* path */
	const char *group;  /* name; NULL: the default, which need not exist */
	struct criteria criteria;
	pid_t *pids;
	size_t pid_count;
	uint64_t interval_ns;
	uint64_t keep_ns;
	uint64_t memory;
	unsigned int clients;
	enum source_choice source;
};

/* Ends the program where they make no sense. */
void options_parse(int argc, char **argv, struct options *options);
void options_free(struct options *options);

#endif
