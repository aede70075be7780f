/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What user space and the eBPF program say to each other: one request is
 * copied in before the program runs and copied out after it.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <linux/types.h>

/*
 * The program's name in the kernel, by which a process that is handed the
 * program knows it. Ends in the version of this file; at most 15 bytes.
 */
#define REQUEST_PROGRAM mapsnap_seq_1

/*
 * A power of two. A run costs as much as some 40 entries, so that more would
 * not help many, and would have to be copied for a single one too.
 */
#define REQUEST_ENTRIES 128

/* How the kernel counts. */
enum request_counter {
	/* Odd while the lock is held for writing, even otherwise. */
	REQUEST_SEQCOUNT = 1,
	/* One more after each time that the lock was held for writing. */
	REQUEST_COUNT_OF_UNLOCKS = 2,
};

struct request_entry {
	union {
		__s32 fd;    /* in: an open maps file of the caller; negative: none */
		__s32 error; /* out: 0 or a negative errno */
	};
	__u32 sequence; /* out: 0 where there is an error */
};

struct request {
	__u32 count;   /* in: of entries; the others are not looked at */
	__u32 counter; /* out: enum request_counter */
	struct request_entry entries[REQUEST_ENTRIES];
};

#endif
