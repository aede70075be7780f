/* SPDX-License-Identifier: BSD-2-Clause */
/* Failures in the kernel, by its fault injection: the n-th of what a thread asks for fails. */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

struct fault {
	int fd;
};

/* False where the kernel has no fault injection. As root. */
bool fault_open(struct fault *fault);
void fault_close(struct fault *fault);

/* From now on, counted from 1: allocations of objects, and copies to and from user memory. */
bool fault_arm(struct fault *fault, int n);

/* No longer; whether it has failed meanwhile. */
bool fault_happened(struct fault *fault);

#endif
