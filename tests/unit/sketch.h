/* SPDX-License-Identifier: BSD-2-Clause */
/* Maps made up one mapping after the other, as a test needs them. */
#ifndef SKETCH_H
#define SKETCH_H

#include <stdint.h>

#include "mapsnap.h"

#define KIB 1024ULL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* Begins anew; the next mapping is at this address. */
void sketch_begin(uint64_t start);

/* The next mapping is so much further, or further back. */
void sketch_leave(int64_t gap);

/* permissions like "rw-p"; name "" for none */
void sketch_map(uint64_t size, const char *permissions, const char *name);

/* What was made up since it began. */
struct mapsnap *sketch_snapshot(void);

#endif
