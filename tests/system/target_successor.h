/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces that follow on one another, each on its seat, see invariant.h. */
#ifndef TARGET_SUCCESSOR_H
#define TARGET_SUCCESSOR_H

#include "invariant.h"

/*
 * Maps the arena, stands for a while, and ends: by exec, after which the same
 * program goes on here again, or with the process. invariant_fd is passed on.
 */
_Noreturn void target_successor(struct invariant *invariant, int invariant_fd, uint32_t seat);

/* The same for the program that exec has started. */
_Noreturn void target_successor_again(int invariant_fd, uint32_t seat);

#endif
