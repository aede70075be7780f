/* SPDX-License-Identifier: BSD-2-Clause */
/* The descriptor that is readable when a round is due. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

struct timer {
	int fd; /* -1: nobody asked for it */
	uint64_t interval_ns;
};

void timer_init(struct timer *timer);
void timer_free(struct timer *timer);

/* See mapsnap_table_fd(). */
int timer_ask(struct timer *timer, uint64_t interval_ns);

/* The round is done; the next is due after the interval. */
void timer_rewind(struct timer *timer);

/* In the child of a fork, which would share it with its parent otherwise. */
void timer_renew(struct timer *timer);

#endif
