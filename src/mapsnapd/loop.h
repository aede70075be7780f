/* SPDX-License-Identifier: BSD-2-Clause */
/* What the main thread does all the time: rounds, and what signals ask for. */
#ifndef LOOP_H
#define LOOP_H

#include "arguments.h"
#include "options.h"
#include "service.h"

struct loop {
	struct service *service;
	struct options *options; /* replaced when they are read again */
	const struct arguments *arguments;
};

/* For all threads, before there is another: the loop alone takes these signals. */
void loop_block_signals(void);

/*
 * Until SIGTERM or SIGINT. SIGHUP: reads the options again. At idle priority. Returns 0, or
 * -EPIPE: the gate has ended.
 */
int loop_run(struct loop *loop);

#endif
