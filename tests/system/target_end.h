/* SPDX-License-Identifier: BSD-2-Clause */
/* When a target should end: at SIGTERM, at the end of its input, or with its parent. */
#ifndef TARGET_END_H
#define TARGET_END_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Call before any thread is started: SIGTERM is blocked from then on. */
void target_end_init(void);

#define TARGET_FOR_EVER UINT64_MAX

/* Waits so many nanoseconds; true as soon as it is time to end. */
bool target_end_within(uint64_t ns);

/* Ends this process with its parent, which is that one; also where the parent has ended before. */
void target_end_with(pid_t parent);

#endif
