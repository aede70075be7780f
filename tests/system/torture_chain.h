/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots of a subject that stays, each brought up to date from the one before. */
#ifndef TORTURE_CHAIN_H
#define TORTURE_CHAIN_H

#include "started.h"
#include "torture_reading.h"

struct torture_chain {
	struct torture_reader *reader;
	const struct torture_subject *subject;
	struct mapsnap *last; /* NULL: it begins with the next */
};

/* One more link, judged and counted. */
void torture_chain_follow(struct torture_chain *chain);

/* Stops the target, and compares the chain's end then with what is read anew. */
void torture_chain_compare(struct torture_chain *chain, const struct started *target);

void torture_chain_end(struct torture_chain *chain);

#endif
