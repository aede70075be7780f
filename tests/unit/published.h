/* SPDX-License-Identifier: BSD-2-Clause */
/* Generations of a member, as a refresh would publish them, made by hand. */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include <stdint.h>

#include "store.h"

/* A snapshot of this text, verified by this sequence; 0: unverified. */
struct mapsnap *snapshot_of(const char *text, uint64_t sequence);

/* One of that snapshot, which held from one time to the other. */
struct generation *generation_of(struct mapsnap *snapshot, uint64_t from, uint64_t until);

/* A member that nothing is open for; of a pid. */
struct member *member_of(pid_t pid);

/* Takes out and frees it, with all that is published of it. */
void member_drop(struct store *store, struct member *member);

/* How many are published of it. */
size_t count_published(const struct member *member);

#endif
