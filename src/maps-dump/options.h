/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "mapsnap.h"
#include "output.h"
#include "source.h"
#include "target.h"

struct options {
	struct targets targets; /* with those that were found */
	struct criteria criteria;
	const struct output_format *format;
	struct selection selection;
	struct columns columns; /* of --table */
	struct sort sort;
	struct addresses addresses; /* of --lookup */
	struct mapsnap_options read;
	const char *socket;    /* path; NULL: processes are read here */
	struct client *client; /* of the service there, or NULL */
	uint64_t watch_ns;     /* 0: not to be watched */
	uint32_t source;       /* enum source_choice */
	bool all;
	bool check;
	bool diff;
	bool lookup;
	bool require_consistent;
	bool verbose;
};

/*
 * Fills the options, or ends the program: with STATUS_USAGE after a sentence
 * about what is wrong, with STATUS_DONE after --help and the like.
 */
void options_parse(int argc, char **argv, struct options *options);

void options_free(struct options *options);

#endif
