/* SPDX-License-Identifier: BSD-2-Clause */
/* The source by eBPF, or, in a build without it, that there is none. */
#ifndef SOURCE_BPF_H
#define SOURCE_BPF_H

#include "source.h"

/* 0, or a negative errno and in no_bpf the reason. */
int source_bpf_open(struct source *source);
void source_bpf_close(struct source *source);

#endif
