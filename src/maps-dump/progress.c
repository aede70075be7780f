/* SPDX-License-Identifier: BSD-2-Clause */
#include "progress.h"

#include <stdio.h>

#include "clock.h"

#define PATIENCE 1000000000u /* ns */
#define INTERVAL 200000000u  /* ns */

struct progress progress_begin(bool wanted, size_t total)
{
	return (struct progress){
		.wanted = wanted,
		.next_ns = now_ns() + PATIENCE,
		.total = total,
	};
}

void progress_step(struct progress *progress, size_t done)
{
	uint64_t now;

	if (!progress->wanted)
		return;
	now = now_ns();
	if (now < progress->next_ns)
		return;
	fprintf(stderr, "\r%zu of %zu processes", done, progress->total);
	fflush(stderr);
	progress->shown = true;
	progress->next_ns = now + INTERVAL;
}

void progress_clear(struct progress *progress)
{
	/* Back to the beginning, and erases to the end of the line: EL of ECMA-48. */
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
