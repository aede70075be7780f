/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table of the torture verifies by. */
#ifndef TABLE_TORTURE_SOURCE_H
#define TABLE_TORTURE_SOURCE_H

#include "mapsnap.h"
#include "table_torture_cast.h"

/* Added to what a seat says: 0 would stand for no sequence. */
#define TABLE_SEQUENCE_BASE 2

struct table_source {
	struct mapsnap_sequence sequence; /* first: the library hands it back */
	const struct table_cast *cast;
};

/*
 * ioctl and bpf as of mapsnap-torture, or
 * target: the word of whichever target the address space is of. What to put into
 * the options, until kernel_source_close(). Ends the program where it can't be had.
 */
const struct mapsnap_sequence *table_source_open(struct table_source *source, const char *name,
						 const struct table_cast *cast);

/* Whether this name stands for the targets' own word. */
bool table_source_is_target(const char *name);

#endif
