/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the proof comes from: what this machine and user offer of it. */
#ifndef SOURCE_H
#define SOURCE_H

#include "mapsnap.h"

struct mapsnap_bpf;

enum source_choice {
	SOURCE_AUTO, /* what there is, the kernel's own first: it needs no loading */
	SOURCE_IOCTL,
	SOURCE_BPF,
	SOURCE_NONE
};

struct source {
	const struct mapsnap_sequence *sequence; /* for struct mapsnap_options */
	struct mapsnap_bpf *bpf;                 /* NULL: not loaded */
	/* Why there is none; static sentences. NULL: there is, or it was not asked for. */
	const char *no_ioctl;
	const char *no_bpf;
};

/* Not to have one is no error, unless it was chosen; then the program ends. */
void source_open(struct source *source, enum source_choice choice);
void source_close(struct source *source);

#endif
