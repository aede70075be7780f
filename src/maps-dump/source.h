/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the proof comes from: what this machine and user offer of it. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>

#include "mapsnap.h"

struct mapsnap_bpf;

struct source {
	struct mapsnap_bpf *bpf; /* NULL: not to be had */
	const char *reason;      /* why not; a static sentence */
};

/* Takes what there is. Not to have one is no error, unless it is `required`. */
void source_open(struct source *source, bool required);
void source_close(struct source *source);

/* For struct mapsnap_options; NULL where there is none. */
const struct mapsnap_sequence *source_sequence(const struct source *source);

#endif
