/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequences of this kernel: its own, or those that it gives by eBPF. */
#ifndef KERNEL_SOURCE_H
#define KERNEL_SOURCE_H

#include <stdbool.h>

#include "mapsnap.h"

bool kernel_source_has_own(void);

/* By eBPF, until kernel_source_close(). NULL, with the reason, where it can't be had. */
const struct mapsnap_sequence *kernel_source_bpf(const char **reason);
void kernel_source_close(void);

/* What to put into the options for it. Ends the program where it can't be had. */
const struct mapsnap_sequence *kernel_source_need_own(void);
const struct mapsnap_sequence *kernel_source_need_bpf(void);

#endif
