/* SPDX-License-Identifier: BSD-2-Clause */
/* Process 42 in the words of a script: what opening it and asking after it looks like. */
#ifndef SCRIPTED_PROCESS_H
#define SCRIPTED_PROCESS_H

#include "process.h"
#include "scripted_kernel.h"

#define PID        42
#define START_TIME 4711

#define NOT_OWN SAME_FILE(DIR_FD, "/proc/self", 0)
#define OWN     SAME_FILE(DIR_FD, "/proc/self", 1)

/* What the small files say. Their numbers are given as text. */
#define STATUS(dir, tgid) \
	FILE_TEXT(dir, "status", "Name:\ta\nUmask:\t0022\nTgid:\t" tgid "\nNgid:\t0\nPid:\t7\n")
#define STAT(dir, state, flags) STAT_OF(dir, state, flags, "1")
#define STAT_OF(dir, state, flags, threads)                                         \
	FILE_TEXT(dir, "stat",                                                      \
		  "42 (a) Z 1) " state " 1 42 42 0 -1 " flags " 9 9 9 9 9 9 9 9 20" \
		  " 0 " threads " 0 4711 9 9\n")
#define FDINFO(fd, pid)                              \
	FILE_TEXT(AT_FDCWD, "/proc/self/fdinfo/" fd, \
		  "pos:\t0\nflags:\t02000002\nPid:\t" pid "\nNSpid:\t" pid "\n")

#define NO_FLAGS      "4194560"
#define EXITING       "4194564" /* PF_EXITING and others */
#define KERNEL_THREAD "2129984" /* PF_KTHREAD and others */

/* The auxiliary vectors of two programs, and that of a process without memory. */
#define AUXV(dir)       FILE_TEXT(dir, "auxv", "\x21\0\0\0\0\0\0\0\0\x10\xf5\x7f")
#define OTHER_AUXV(dir) FILE_TEXT(dir, "auxv", "\x21\0\0\0\0\0\0\0\0\x20\xf5\x7f")
#define LONG_AUXV(dir)  FILE_TEXT(dir, "auxv", "\x21\0\0\0\0\0\0\0\0\x10\xf5\x7f\0\0")
#define NO_AUXV(dir)    FILE_TEXT(dir, "auxv", "")
/* Once the directory's thread has ended, nothing in it can be opened. */
#define NO_FILE(dir, name) OPENAT(dir, name, -ENOENT)
#define DENIED_AUXV(dir)   OPENAT(dir, "auxv", -EACCES)
#define SAME_PROGRAM       AUXV(DIR_FD)
/* The process was reaped. */
#define NO_THREADS NO_FILE(DIR_FD, "task"), NO_FILE(DIR_FD, "stat")
#define HAS_ENDED  NO_FILE(DIR_FD, "auxv"), NO_THREADS

#define OPEN_DIR      OPENAT(AT_FDCWD, "/proc/42", DIR_FD), STATUS(DIR_FD, "42")
#define OPEN_MAPS(fd) AUXV(DIR_FD), OPENAT(DIR_FD, "maps", fd), AUXV(DIR_FD)
#define OPEN_PROCESS  CLOCK, OPEN_DIR, STAT(DIR_FD, "S", NO_FLAGS), OPEN_MAPS(MAPS_FD), NOT_OWN

/* A kernel thread has no auxiliary vector, and nothing in its maps. */
#define OPEN_KERNEL_THREAD \
	CLOCK, OPEN_DIR, STAT(DIR_FD, "I", KERNEL_THREAD), OPENAT(DIR_FD, "maps", MAPS_FD), NOT_OWN

/* By a maps file that the caller has. Nothing but that is known. */
#define CALLERS_FD   5
#define NOT_OWN_MAPS SAME_FILE(MAPS_FD, "/proc/self/maps", 0)
#define OWN_MAPS     SAME_FILE(MAPS_FD, "/proc/self/maps", 1)
#define OPEN_FD(text) \
	CLOCK, DUP(CALLERS_FD, MAPS_FD), ON_PROCFS(MAPS_FD, 1), TEXT(0, text), NOT_OWN_MAPS

/* One byte at the beginning: the address space has users. Or it has none. */
#define ALIVE PREAD(MAPS_FD, 0, "0", 1)
#define DEAD  PREAD(MAPS_FD, 0, "", 0)

#endif
