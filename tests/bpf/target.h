/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that does to its own memory map what it is told. */
#ifndef TARGET_H
#define TARGET_H

#include <sys/types.h>

struct target {
	pid_t pid;
	int orders;
	int answers;
	int life;    /* who shares the address space ends when this is closed */
	int maps_fd; /* /proc/PID/maps, opened when it started */
};

/* Which thread obeys. */
enum target_thread {
	TARGET_MAIN,
	TARGET_OTHER, /* the main thread has ended */
};

enum target_order {
	TARGET_REST = 'r',    /* does nothing */
	TARGET_MAP = 'm',     /* maps a page more */
	TARGET_UNMAP = 'u',   /* unmaps the last one */
	TARGET_PROTECT = 'p', /* makes the last one read-only, in place */
	TARGET_NAME = 'a',    /* names the last one */
	TARGET_GROW = 'g',    /* its heap */
	TARGET_SHRINK = 'k',  /* its heap */
	TARGET_LABEL = 'l',   /* says that the last page is its stack */
	TARGET_SHARE = 's',   /* makes a process that shares the address space, and waits */
	TARGET_EXEC = 'e',    /* becomes another program, which sleeps */
	TARGET_RENEW = 'n',   /* becomes another program, of which the main thread ends */
	TARGET_END = 'z',     /* ends, and is a zombie until target_stop() */
	TARGET_EXIT = 'x',    /* ends, and is waited for */
	TARGET_CHURN = 'c',   /* maps and unmaps for ever: the last order */
};

void target_start(struct target *target, enum target_thread thread);

/* Returns once it is done. */
void target_order(const struct target *target, enum target_order order);

/* What main() must do first: the program that TARGET_RENEW becomes is the same, with an argument.
 */
void target_main(int argc);

/* Ends it if need be, and closes what it had open. */
void target_stop(struct target *target);

#endif
