/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

/* For what the descriptors are that the service may have. */
struct descriptors {
	unsigned int clients; /* that can be connected at a time */
	size_t processes;     /* that can be held open, at two each */
};

/*
 * Has the limit raised as far as may be, and shares it out: as many clients as are wanted
 * come first, but they leave as much again.
 */
struct descriptors descriptors_share(unsigned int clients);

#endif
