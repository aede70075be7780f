/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbered directories in a directory of /proc: its processes, or the threads of one. */
#ifndef PROC_LIST_H
#define PROC_LIST_H

#include <stdalign.h>
#include <sys/types.h>

#include "kernel.h"

struct proc_list {
	const struct kernel *kernel;
	int fd;             /* -1: closed */
	ssize_t size, next; /* of the entries in hand, bytes */
	alignas(8) char entries[4096];
};

/* /proc says ENOENT or ESRCH for the same thing: -ESRCH for both; other results stay. */
int no_process(ssize_t result);

/* Opens it by its name in `dir`. 0; or it is closed: -ESRCH, no such process, or another errno. */
int proc_list_open(struct proc_list *list, const struct kernel *kernel, int dir, const char *name);

/* The next one's name, valid until the next call: 1; 0 at the end; or as above. */
int proc_list_next(struct proc_list *list, const char **name);

/* Also one that is closed. */
void proc_list_close(struct proc_list *list);

#endif
