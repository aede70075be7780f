/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures of running processes. Each call says on stderr what went wrong. */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "capture.h"
#include "options.h"
#include "status.h"
#include "target.h"

/*
 * Of a process that was found rather than named, the caller's alone to tell is
 * that it may not be read; and one that was gone before it could be opened is
 * STATUS_DONE with a process of NULL.
 */
enum status open_process(const struct target *target, struct mapsnap_process **process);

/* The same; without a capture where it was gone. */
enum status capture_process(const struct target *target, const struct options *options,
			    struct captures *captures);

/* Of an open file of some procfs; name is what to call it. */
enum status capture_maps_file(int fd, const char *name, const struct options *options,
			      struct captures *captures);

#endif
