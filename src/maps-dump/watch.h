/* SPDX-License-Identifier: BSD-2-Clause */
/* --watch: what changes in processes, as it does. */
#ifndef WATCH_H
#define WATCH_H

#include "options.h"
#include "output.h"
#include "status.h"

/* Until SIGINT, SIGTERM or SIGHUP, or until all processes have ended, which is STATUS_GONE. */
enum status watch(const struct options *options, struct output *output);

#endif
