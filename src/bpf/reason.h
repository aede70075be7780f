/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the program can't be had, which the kernel seldom says itself. */
#ifndef REASON_H
#define REASON_H

/*
 * The error that mapsnap_bpf_open() documents, from the one that loading met.
 * What the kernel lacks says more than the step at which it was missed.
 */
int reason_for(int error);

#endif
