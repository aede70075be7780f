/* SPDX-License-Identifier: BSD-2-Clause */
/* What proves a snapshot, and whether that still holds. */
#ifndef PROOF_H
#define PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "mapsnap.h"
#include "process.h"

/* Only a proof by this very source, for this very address space, can be renewed. NULL: none can. */
bool proof_renewable(const struct mapsnap *snapshot, const struct mapsnap_process *process,
		     const struct mapsnap_sequence *source);

/*
 * Renews one that can be, by a look that begins now, at `begin_ns`. DONE: all is
 * as the snapshot has it. CHANGED: it may not be. Or a negative errno, with its
 * sentence.
 */
int proof_renew(const struct mapsnap *snapshot, struct mapsnap_process *process,
		const struct mapsnap_sequence *source, uint64_t begin_ns);

#endif
