/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot and where it comes from: what every output format shows. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "build_ids.h"
#include "mapsnap.h"
#include "selection.h"

struct capture {
	struct mapsnap *snapshot;
	struct mapsnap_info info;   /* of a saved capture: as it was recorded */
	struct selection selection; /* of its mappings those that are shown */
	struct build_ids build_ids; /* where they were asked for */
	char *command;              /* bytes, see command.h; NULL: not known */
	uint64_t age_ns;    /* of one by a service, since it last was known to hold; 0: not said */
	const char *origin; /* the file it came from; NULL: a process named by its pid */
};

struct captures {
	struct capture *list;
	size_t count;
};

/*
 * Adds a capture of everything, with the label that the snapshot has. Takes over
 * the reference to it and the command, also when it fails. Returns the new one,
 * or NULL without memory.
 */
struct capture *captures_add(struct captures *captures, struct mapsnap *snapshot, char *command);

void captures_free(struct captures *captures);

/* A walk over what is shown. Start with capture_walk(). */
struct capture_walk {
	struct mapsnap_walk walk;
	const struct selection *selection;
	size_t number; /* in the snapshot, of the mapping that comes next, shown or not */
};

struct capture_walk capture_walk(const struct capture *capture);

/* The next mapping, or NULL at the end; its number in the snapshot is number - 1. */
const struct mapsnap_mapping *capture_walk_next(struct capture_walk *walk);

/*
 * A snapshot of what is shown alone, which the caller gives back. Its paths are
 * read from the text again. Returns 0 or -ENOMEM.
 */
int capture_shown(const struct capture *capture, struct mapsnap **shown);

/* Whether the mappings all held at one instant. */
bool is_consistent(const struct mapsnap_info *info);

/* Writes "PID 812", "saved.json: PID 812" or "saved.txt", cut to size. Returns buffer. */
const char *capture_subject(const struct capture *capture, char *buffer, size_t size);

#endif
