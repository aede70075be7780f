/* SPDX-License-Identifier: BSD-2-Clause */
/* A process with few descriptors left. */
#ifndef SCARCE_H
#define SCARCE_H

/* Takes all but so many. */
void scarce_descriptors(unsigned int left);

/* Ends that; returns how many were left by now. */
unsigned int plenty_of_descriptors(void);

#endif
