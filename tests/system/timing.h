/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TIMING_H
#define TIMING_H

#include <stdint.h>

/*
 * The time to the next of events that come at random: at even distances a
 * reader who waits for quiet would fall into step with them.
 */
uint64_t timing_random(double mean);

/* Sleeps so long, and not at all for 0. */
void timing_sleep(uint64_t ns);

#endif
