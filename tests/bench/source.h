/* SPDX-License-Identifier: BSD-2-Clause */
/* The source of sequences that the machine and the user allow. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>

#include "mapsnap-bpf.h"

struct source {
	const char *name;
	const struct mapsnap_sequence *sequence; /* NULL: the library takes the kernel's own */
	struct mapsnap_bpf *bpf;                 /* NULL: not needed */
};

/*
 * The kernel's own, or else eBPF. False, with the reason on stderr, where there is
 * neither; the bench is then left out.
 */
bool source_open(const char *bench, struct source *source);
void source_close(struct source *source);

/* NULL, with the reason on stderr, where there is none; the bench is then left out. */
struct mapsnap_bpf *source_open_bpf(const char *bench);

#endif
