/* SPDX-License-Identifier: BSD-2-Clause */
/* Sees to it that every seat is taken: the target itself, where address spaces come and go. */
#ifndef TARGET_KEEPER_H
#define TARGET_KEEPER_H

#include "invariant.h"

/* Starts a process for each seat, and waits until all of them stand. */
void target_keeper_begin(struct invariant *invariant, int invariant_fd);

/* Replaces those that exit, until it is time to end; then ends all. */
void target_keeper_run(void);

#endif
