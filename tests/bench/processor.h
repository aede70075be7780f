/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processors the program and its children run on. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

/* Once, at first: this thread and its children on one, a move between two would cost either side.
 */
void processor_pin(void);

/* This thread on all others than that one. Where there is no other it stays. */
void processor_leave(void);

/* This thread on that one again. */
void processor_return(void);

#endif
