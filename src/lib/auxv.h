/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The auxiliary vector: what tells the program that a process runs from the
 * next one. Exec writes it, with addresses that it has just drawn at random,
 * and leaves it alone afterwards.
 */
#ifndef AUXV_H
#define AUXV_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/* The kernel's AT_VECTOR_SIZE is about 50 longs. */
#define AUXV_SIZE 1024

struct auxv {
	size_t length;
	char bytes[AUXV_SIZE];
};

bool auxv_same(const struct auxv *a, const struct auxv *b);

/* That of the thread with this directory: 0, -ESRCH once it has ended, or what the kernel said. */
int auxv_read(const struct kernel *kernel, int dir, struct auxv *auxv);

/*
 * That of the process with this directory: its main thread's or, where that has
 * ended, another one's. Returns the thread's directory, to be given back with
 * auxv_leave(); -ESRCH once all have ended; or what the kernel said.
 */
int auxv_find(const struct kernel *kernel, int dir, struct auxv *auxv);

/* Closes what auxv_find() returned for dir; nothing where that is dir itself, or an error. */
void auxv_leave(const struct kernel *kernel, int dir, int found);

/* Without permission, as after exec of a setuid program: a life sign. */
static inline bool auxv_denied(int error)
{
	return error == -EACCES || error == -EPERM;
}

#endif
