/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space of the target, opened in both ways in which it is read. */
#ifndef TORTURE_SUBJECT_H
#define TORTURE_SUBJECT_H

#include "invariant.h"

struct torture_subject {
	const struct invariant *invariant;
	const struct invariant_seat *seat;
	struct invariant_space space;
	uint64_t opened; /* the sequence then */
	int maps_fd;
	struct mapsnap_process *process; /* NULL: nothing is open */
};

/*
 * Opens the one that has this seat. False where it ended meanwhile, so that it
 * is not certain which one was opened. Exits where it can't be opened although
 * it stands.
 */
bool torture_subject_open(struct torture_subject *subject, const struct invariant *invariant,
			  uint32_t seat);

/* Of nothing does nothing. */
void torture_subject_close(struct torture_subject *subject);

/* Whether another has the seat by now: it is over, and not only about to end. */
bool torture_subject_over(const struct torture_subject *subject,
			  const struct invariant_moment *moment);

/* Whether it has not even begun to end. */
bool torture_subject_stands(const struct torture_subject *subject,
			    const struct invariant_moment *moment);

/* Whether anybody uses it, be it its own process or another. */
bool torture_subject_in_use(const struct torture_subject *subject);

#endif
