/* SPDX-License-Identifier: BSD-2-Clause */
/* Children that run a function of the test. They are killed when the test ends. */
#ifndef FORKED_H
#define FORKED_H

#include <sys/types.h>

/* Starts one, and waits until it stops itself by forked_pause() or ends. */
pid_t forked(void (*body)(void *), void *argument);

/* The same under this pid, which is free; -1 and errno where one can't choose. */
pid_t forked_as(pid_t pid, void (*body)(void *), void *argument);

/* In the child: stops until forked_continue(). */
void forked_pause(void);

/* Lets it go on. */
void forked_continue(pid_t pid);

/* Waits until it has ended, and leaves it as a zombie. */
void forked_await_zombie(pid_t pid);

/* Waits until it has ended; returns its exit status, or -1 after a signal. */
int forked_status(pid_t pid);

/* Kills it, and waits. */
void forked_kill(pid_t pid);

/* Bodies: one that does nothing but pause, and one that ends at once. */
void forked_idle(void *unused);
void forked_end(void *unused);

/* Another: pauses once with its main thread, and then has only a second one. */
void forked_end_main_thread(void *unused);

/*
 * A last one: pauses, and then calls exec of the same program, which does as
 * the one before. For that main() must begin with forked_main().
 */
void forked_renew(void *unused);
void forked_main(int argc, char **argv);

#endif
