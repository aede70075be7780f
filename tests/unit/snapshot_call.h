/* SPDX-License-Identifier: BSD-2-Clause */
/* The address spaces of reading.h in the words of PROCMAP_SNAPSHOT. */
#ifndef SNAPSHOT_CALL_H
#define SNAPSHOT_CALL_H

#include "reading.h"

/* Permissions are those of a mapping. */
#define READ    MAPSNAP_READ
#define WRITE   MAPSNAP_WRITE
#define EXECUTE MAPSNAP_EXECUTE

#define ANONYMOUS_RECORD(first, behind)                                  \
	{                                                                \
		.start = (first), .end = (behind), .flags = READ | WRITE \
	}
#define FILE_RECORD(first, behind, at, with_nul)                                              \
	{                                                                                     \
		.start = (first), .end = (behind), .flags = READ | EXECUTE, .offset = 0x1000, \
		.inode = 17, .dev_major = 8, .dev_minor = 1, .name_offset = (at),             \
		.name_size = (with_nul)                                                       \
	}

#define RECORD_1    ANONYMOUS_RECORD(0x10000, 0x11000)
#define RECORD_2    ANONYMOUS_RECORD(0x20000, 0x21000)
#define RECORD_FILE FILE_RECORD(0x30000, 0x31000, 0, 10)
#define RECORD_GATE                                                                       \
	{                                                                                 \
		.start = 0xffffffffff600000, .end = 0xffffffffff601000, .flags = EXECUTE, \
		.name_size = 11                                                           \
	}

/* ONE, TWO, TWO FILE_LINE and GATED. */
#define ONE_RECORD    RECORDS("", RECORD_1)
#define TWO_RECORDS   RECORDS("", RECORD_1, RECORD_2)
#define FILE_RECORDS  RECORDS("/lib/a.so\0", RECORD_1, RECORD_2, RECORD_FILE)
#define GATED_RECORDS RECORDS("[vsyscall]\0", RECORD_1, RECORD_GATE)

/* Under which nothing moved, and one that saw a change. */
#define STILL(sequence, given, ...) \
	SNAPSHOT(given, .seq_begin = (sequence), .seq_end = (sequence), __VA_ARGS__)
#define MOVED(sequence, later, given, ...) \
	SNAPSHOT(given, .seq_begin = (sequence), .seq_end = (later), __VA_ARGS__)

/* With a log of what changes, which has this cookie, and what changed since by it. */
#define COOKIE 7
#define LOG    .flags = PROCMAP_SNAPSHOT_LOG
#define LOGGED LOG, .cookie = COOKIE
#define SINCE(number, begin, end_, given, ...)                                     \
	SNAPSHOT(given, .since = (number), .cookie = COOKIE, .seq_begin = (begin), \
		 .seq_end = (end_), __VA_ARGS__)
#define SINCE_FAILS(number, error, ...) \
	SNAPSHOT_ASKED_FAILS(error, .since = (number), .cookie = COOKIE, __VA_ARGS__)
#define TRYLOCK .flags = PROCMAP_SNAPSHOT_TRYLOCK

/*
 * So many records, distinct by their addresses, with the names of so many files
 * in turn, of 16 bytes each. Good until the next call.
 */
struct records many_records(size_t count, size_t files);

/*
 * Setup: process 42, opened, of a kernel that is known to have the sequence, and
 * to have no log of changes; or one where something changed before, so that a
 * log is asked for.
 */
int open_with_sequence(void **state);
int open_with_log(void **state);

#endif
