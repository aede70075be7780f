/* SPDX-License-Identifier: BSD-2-Clause */
/* A target of which one mapping moves to and fro, so many times a second. */
#ifndef MOVER_H
#define MOVER_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"
#include "target.h"

/* Shared by both processes. */
struct mover {
	_Atomic uint64_t period_ns; /* 0: it does not move */
	_Atomic uint64_t moves;
	char *places[2]; /* exactly one of them is mapped, at any instant */
	sem_t orders, answers;
	pid_t pid;
};

/* Does not move yet. On another processor than the caller, where there is one. */
struct mover *mover_start(enum target_backing backing, size_t mappings);

/* The same, of which it moves with mover_move() alone. */
struct mover *mover_start_obedient(enum target_backing backing, size_t mappings);

/* Returns when it has moved, once. */
void mover_move(struct mover *mover);

void mover_stop(struct mover *mover);

#define MOVER_FLAT_OUT 1000000000u

/* The program ends where a snapshot has it in both places, or in none: nothing else moves. */
void mover_check(const struct mover *mover, const struct mapsnap *snapshot);

/* The begin of a line of results: bench and setting, without the end of the latter's string. */
void mover_print_setting(const char *bench, size_t mappings, unsigned int moves_per_second);

/* 0: it does not move. The rate is that one when this returns. */
void mover_set_rate(struct mover *mover, unsigned int moves_per_second);

#endif
