/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnapd, as it lies beside this program, and what it is asked. */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct service {
	pid_t pid;
	char folder[32];
	char socket[48]; /* path */
};

/* Whether there is one, and the user may start it. */
bool service_possible(void);

/* With these options, up to NULL. Answers when this returns. */
struct service *service_start(const char *const *options);
void service_stop(struct service *service);

/* A metric by its name, with the labels that it is told with, as text. */
double service_metric(const struct service *service, const char *name);

/* A connection on which it tells what changes in this process; all that there is was told. */
int service_follow(const struct service *service, pid_t pid);

/* Reads there until a change was told. */
void service_await_change(int connection);

#endif
