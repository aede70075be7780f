/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children that play a role: busy processes that say through shared memory
 * whether they run. Each is this program, by exec, so that its memory is its own.
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#define STAGE_RUNNERS 8

/* What it says. */
struct stage {
	atomic_ulong beats[STAGE_RUNNERS]; /* of each of its threads and processes, while it runs */
	atomic_ulong signals;              /* that came to its handler */
	atomic_ulong interrupted;          /* calls that returned EINTR */
	atomic_ulong starts;               /* once more by each exec */
	atomic_int other;                  /* process that shares its memory */
	int test;                          /* the process that waits for what it says */
	atomic_bool absent;                /* the kernel does not have what the role takes */
};

struct actor {
	pid_t pid;
	struct stage *stage;
};

/* Starts one; returns when it has begun to play. It is killed when the test ends. */
struct actor stage_enter(const char *role);

/* Kills it, and waits. */
void stage_leave(struct actor *actor);

/* Whether this runner still runs; waits for it, but not for ever. */
bool stage_goes_on(const struct stage *stage, unsigned int runner);

/* Whether a thread of it is traced. */
bool stage_traced(pid_t pid);

/* In the child: the roles by their name, NULL behind the last. */
struct stage_role {
	const char *name;
	void (*play)(struct stage *stage);
};

extern const struct stage_role stage_roles[];

/* main() must begin with it. */
void stage_main(int argc, char **argv);

#endif
