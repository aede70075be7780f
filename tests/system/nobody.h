/* SPDX-License-Identifier: BSD-2-Clause */
/* An ordinary user. */
#ifndef NOBODY_H
#define NOBODY_H

#define NOBODY 65534

/* In a child: becomes that user, if it is root, and can be read by him. Ends the child where it
 * can't. */
void become_nobody(void);

/* Runs this in a child that is him: the errno that it returns the negative of, or 0. */
int as_nobody(int (*run)(void *argument), void *argument);

#endif
