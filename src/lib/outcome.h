/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an attempt, or a part of one, ended. A negative errno is what the
 * kernel, the source or the allocator said; these are our own words beside it,
 * so that the two can't be confused.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

enum outcome {
	DONE = 0,
	CHANGED,   /* the mappings changed, or are about to: try again */
	FULL,      /* no room left, and none may be allocated now */
	UNFIT,     /* this route can't read this address space */
	MALFORMED, /* a line that the kernel does not write */
};

#endif
