/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that changes its mappings by chance. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stdint.h>
#include <sys/types.h>

#define FUZZ_TARGET_PAGES 384UL

/* Reserves the addresses at which the processes to come do it: where they begin, or 0. */
uint64_t fuzz_target_reserve(void);

/* Starts one there; it ends with the test. */
pid_t fuzz_target_start(uint64_t at, uint64_t seed);

#endif
