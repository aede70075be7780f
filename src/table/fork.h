/* SPDX-License-Identifier: BSD-2-Clause */
/* What makes tables survive fork(2) in a program that may not know of them. */
#ifndef FORK_H
#define FORK_H

struct mapsnap_table;

/* The table is whole from now on. 0 or -ENOMEM. */
int fork_watch(struct mapsnap_table *table);
void fork_forget(struct mapsnap_table *table);

#endif
