/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel lets the calling thread do, see capabilities(7). */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdint.h>

#define CAPABILITY(number) (UINT64_C(1) << (number))

/*
 * Keeps these, permitted and in effect, and gives up all others for good; none
 * is handed on by exec. Returns 0, or -EPERM where one of these is not there.
 */
int capabilities_keep(uint64_t kept);

/* Those that it has, and so can keep; 0 where the kernel does not say. */
uint64_t capabilities_had(void);

#endif
