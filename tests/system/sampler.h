/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a process is in its own code, every so often of the time that it runs. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mapsnap-table.h"

struct sampler {
	int fd;
	struct perf_event_mmap_page *ring;
	uint64_t lost; /* samples for which there was no room */
};

/* 0 or a negative errno of perf_event_open(2) or mmap(2). */
int sampler_open(struct sampler *sampler, pid_t pid, uint64_t period_ns);
void sampler_close(struct sampler *sampler);

/* Takes up to n that are there, the oldest first, with addresses and times; returns how many. */
size_t sampler_take(struct sampler *sampler, struct mapsnap_sample *samples, size_t n);

#endif
