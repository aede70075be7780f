/* SPDX-License-Identifier: BSD-2-Clause */
/* A PROCMAP_SNAPSHOT by chance: mostly a good one, with something wrong now and then. */
#ifndef FUZZ_REQUEST_H
#define FUZZ_REQUEST_H

#include "fuzz_window.h"
#include "uapi/procmap_snapshot.h"

#define FUZZ_PERMISSIONS 0xfU
#define FUZZ_FILE        0x20U /* PROCMAP_QUERY_FILE_BACKED_VMA */

/* What is known of the log that the kernel keeps for the file that is asked. */
struct fuzz_log {
	uint64_t cookie; /* 0: none yet */
	uint64_t seq;    /* a number that it was good for */
};

struct fuzz_request {
	struct procmap_snapshot argument; /* as it is called with */
	struct fuzz_log log;              /* for which it was made */
	uint64_t tail;                    /* nonzero: what follows the struct is not zero */
	struct fuzz_window space;         /* where the struct lies */
	struct fuzz_window records;
	struct fuzz_window names;
	struct fuzz_window ranges;
};

/* 0, or -1 where there is no memory. */
int fuzz_request_open(struct fuzz_request *request);

/* The next one. Addresses come from a range that has these bounds. */
void fuzz_request_make(struct fuzz_request *request, const struct fuzz_log *log, uint64_t low,
		       uint64_t high, struct fuzz_random *random);

/* The error that it must have whatever the process does; 0: none for certain. */
int fuzz_request_error(const struct fuzz_request *request);

#endif
