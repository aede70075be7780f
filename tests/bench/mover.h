/* SPDX-License-Identifier: BSD-2-Clause */
/* A target of which one mapping moves to and fro, so many times a second. */
#ifndef MOVER_H
#define MOVER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "target.h"

/* Shared by both processes. */
struct mover {
	_Atomic uint64_t period_ns; /* 0: it does not move */
	_Atomic uint64_t moves;
	char *places[2]; /* exactly one of them is mapped, at any instant */
	pid_t pid;
};

/* Does not move yet. On another processor than the caller, where there is one. */
struct mover *mover_start(enum target_backing backing, size_t mappings);

void mover_stop(struct mover *mover);

#define MOVER_FLAT_OUT 1000000000u

/* 0: it does not move. The rate is that one when this returns. */
void mover_set_rate(struct mover *mover, unsigned int moves_per_second);

#endif
