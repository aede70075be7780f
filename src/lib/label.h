/* SPDX-License-Identifier: BSD-2-Clause */
/* From how a read went to its label, and the reason of it. */
#ifndef LABEL_H
#define LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "mapsnap.h"

/* It settled at this sequence: without a lock, or with a short hold of it at last. */
void label_settled(struct mapsnap_info *info, uint64_t sequence, bool held);

/* All of it was read under the lock. */
void label_locked(struct mapsnap_info *info);

/* All of it was read while its threads stood; `known`: and all others that have its memory. */
void label_frozen(struct mapsnap_info *info, bool known, bool torn);

/* The reason that changes gave stands, unless there is a better one. */
void label_unverified(struct mapsnap_info *info, bool torn, bool has_source);

/* A kernel thread has no address space: the empty list is true at any time. */
void label_no_mappings(struct mapsnap_info *info);

/* Whether its sequence tells of which state it is. */
bool label_has_sequence(const struct mapsnap_info *info);

#endif
