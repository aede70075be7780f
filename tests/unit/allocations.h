/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The allocator under a test's control, for programs linked with --wrap of
 * malloc, calloc, realloc, aligned_alloc, posix_memalign and free (see
 * CMakeLists.txt). What libraries other than ours allocate is not seen.
 */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* The nth allocation from now on fails, the first being 1; 0: none. */
void allocations_fail_at(size_t n);

/* Whether that one has come. Afterwards none fails. */
bool allocations_failed(void);

/* While they are forbidden, an allocation fails the test. */
void allocations_forbid(void);
void allocations_allow(void);

/*
 * Calls once for each allocation that can fail, and once without a failure.
 * What each call allocates it must have freed when it returns.
 */
void assert_survives_every_failure(void (*attempt)(void *context), void *context);

/*
 * Whether a call that returned this ran out of memory; otherwise it succeeded,
 * as it may where only giving memory back failed.
 */
bool ran_out(int r);

/* What is allocated and not freed, in bytes as malloc gives them. */
size_t allocations_bytes(void);

#endif
