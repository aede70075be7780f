/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot and where it comes from: what every output format shows. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "mapsnap.h"

struct capture {
	struct mapsnap *snapshot;
	struct mapsnap_info info; /* of a saved capture: as it was recorded */
	char *command;            /* bytes, see command.h; NULL: not known */
	const char *origin;       /* the file it came from; NULL: a process named by its pid */
};

struct captures {
	struct capture *list;
	size_t count;
};

/*
 * Adds a capture, with the label that the snapshot has. Takes over the
 * reference to it and the command, also when it fails. Returns the new one,
 * or NULL without memory.
 */
struct capture *captures_add(struct captures *captures, struct mapsnap *snapshot, char *command);

void captures_free(struct captures *captures);

/* Whether the mappings all held at one instant. */
bool is_consistent(const struct mapsnap_info *info);

/* Writes "PID 812", "saved.json: PID 812" or "saved.txt", cut to size. Returns buffer. */
const char *capture_subject(const struct capture *capture, char *buffer, size_t size);

#endif
