/* SPDX-License-Identifier: BSD-2-Clause */
/* How many hold something that any of them may free as the last. */
#ifndef REFERENCES_H
#define REFERENCES_H

#include <stdatomic.h>
#include <stdbool.h>

/* Whoever has a reference to copy keeps it meanwhile: no order needed. */
static inline void references_add(atomic_size_t *references)
{
	atomic_fetch_add_explicit(references, 1, memory_order_relaxed);
}

/* Whether it was the last: whatever other threads read was read before that is freed. */
static inline bool references_drop(atomic_size_t *references)
{
	return atomic_fetch_sub_explicit(references, 1, memory_order_acq_rel) == 1;
}

#endif
