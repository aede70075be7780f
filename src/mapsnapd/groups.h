/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What metrics are told by: names or control groups, so many and no more. Who finds
 * no room is one of the others.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include <stddef.h>
#include <stdint.h>

#define GROUPS_MOST       64
#define GROUPS_OTHER      0 /* the number of the others, who may be called so themselves */
#define GROUPS_OTHER_NAME "other"
#define GROUPS_NONE       (GROUPS_MOST + 1) /* no group's number */

struct groups_entry {
	char name[128]; /* printable ASCII */
	size_t members;
};

struct groups {
	struct groups_entry list[GROUPS_MOST + 1];
};

/*
 * The number of the group of this name, with one member more. The name is any bytes: those that
 * are not printable ASCII are alike.
 */
unsigned int groups_join(struct groups *groups, const char *name);

/* One member less; the last frees the number for another name. */
void groups_leave(struct groups *groups, unsigned int number);

#endif
