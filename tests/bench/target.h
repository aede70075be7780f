/* SPDX-License-Identifier: BSD-2-Clause */
/* A child process to read: it makes its mappings, and then sleeps or acts. */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>
#include <sys/types.h>

enum target_backing {
	TARGET_ANONYMOUS,
	/* Of hundreds of files, five in a row of each; one mapping in ten is executable. */
	TARGET_FILES,
};

/* One at a time. Its mappings, those of the program included, are that many. */
pid_t target_start(enum target_backing backing, size_t mappings);

/* The same, but it calls act() instead of sleeping. It ends when that returns. */
pid_t target_start_acting(enum target_backing backing, size_t mappings, void (*act)(void *context),
			  void *context);

/* Ends it and removes its files; also happens at exit(). */
void target_stop(void);

#endif
