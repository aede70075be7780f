/* SPDX-License-Identifier: BSD-2-Clause */
/* For how long this thread holds the memory map's lock of another process, by the kernel's own
 * tracepoints. */
#ifndef HOLDS_H
#define HOLDS_H

#include <stdbool.h>
#include <stddef.h>

#define HOLDS_MOST 100000

struct holds {
	size_t count;
	double took_us[HOLDS_MOST]; /* each, whole microseconds */
	char own[32];               /* what the trace calls our own memory map */
	int dir_fd;                 /* tracefs */
};

/* False, with the reason on stderr, where these are not traced. */
bool holds_open(struct holds *holds, const char *bench);
void holds_close(struct holds *holds);

/* From now on, and until now. */
void holds_begin(struct holds *holds);
void holds_end(struct holds *holds);

#endif
