/* SPDX-License-Identifier: BSD-2-Clause */
/* The source of sequences that the machine and the user allow. */
#ifndef SOURCE_H
#define SOURCE_H

#include "mapsnap-bpf.h"

/* NULL, with the reason on stderr, where there is none; the bench is then left out. */
struct mapsnap_bpf *source_open(const char *bench);

#endif
