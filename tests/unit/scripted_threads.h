/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads of process 42 in the words of a script, for where the main one can't be asked. */
#ifndef SCRIPTED_THREADS_H
#define SCRIPTED_THREADS_H

#include <stdalign.h>

#include "scripted_process.h"

/* A folder as getdents64(2) gives it. */
struct entries {
	alignas(8) char bytes[512];
	size_t length;
};

struct entries entries_of(const char *const *names, size_t n);

#define ENTRIES(...)                                     \
	entries_of((const char *const[]){ __VA_ARGS__ }, \
		   sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

/* Their list is opened, read, and at its end. */
#define OPEN_LIST     OPENAT(DIR_FD, "task", TASK_FD)
#define LIST(entries) GETDENTS(TASK_FD, (entries).bytes, (entries).length)
#define LIST_END      GETDENTS(TASK_FD, "", 0)

/* A thread in the list that has ended, is about to, was reaped meanwhile, or lives. */
#define ENDED(tid)  OPENAT(TASK_FD, tid, THREAD_FD), STAT(THREAD_FD, "Z", NO_FLAGS)
#define ENDING(tid) OPENAT(TASK_FD, tid, THREAD_FD), STAT(THREAD_FD, "R", EXITING)
#define REAPED(tid) NO_FILE(TASK_FD, tid)
#define LIVES(tid)  OPENAT(TASK_FD, tid, THREAD_FD), STAT(THREAD_FD, "S", NO_FLAGS)

/* None in the list lives, and the main thread is the only one left; or it is not. */
#define ALL_ENDED  LIST_END, STAT(DIR_FD, "Z", NO_FLAGS)
#define LOOK_AGAIN LIST_END, STAT_OF(DIR_FD, "Z", NO_FLAGS, "2")

#endif
