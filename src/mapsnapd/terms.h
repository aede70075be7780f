/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the user said to what the watch does. */
#ifndef TERMS_H
#define TERMS_H

#include "options.h"
#include "watch.h"

/* Borrows from the options. */
static inline struct watch_terms terms_of(const struct options *options)
{
	return (struct watch_terms){
		.whom = { .criteria = &options->criteria,
			  .pids = options->pids,
			  .pid_count = options->pid_count,
			  .grouping = options->grouping },
		.bounds = options->bounds,
		.share = options->share,
	};
}

#endif
