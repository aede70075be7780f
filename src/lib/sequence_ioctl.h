/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own source: PROCMAP_SEQ on the maps file, where there is such a
 * call. Who may open the file may ask.
 */
#ifndef SEQUENCE_IOCTL_H
#define SEQUENCE_IOCTL_H

#include <stdbool.h>

#include "kernel.h"
#include "mapsnap.h"

struct sequence_ioctl {
	struct mapsnap_sequence sequence; /* first: its read() finds the kernel by it */
	const struct kernel *kernel;
	bool asked; /* whether the kernel has it */
	bool there;
};

/* Asks nothing yet. */
void sequence_ioctl_init(struct sequence_ioctl *source, const struct kernel *kernel);

/* The source, or NULL where the kernel has none, which is asked the first time only. */
const struct mapsnap_sequence *sequence_ioctl_get(struct sequence_ioctl *source, int maps_fd);

/* Whether the kernel has one, as its answer about our own process tells. */
bool sequence_ioctl_exists(const struct kernel *kernel);

#endif
