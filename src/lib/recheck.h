/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a mapping of a snapshot is still mapped, after something was got for it. */
#ifndef RECHECK_H
#define RECHECK_H

#include <stdbool.h>

#include "mapsnap.h"
#include "process.h"

/*
 * 0: it is, in the address space that was opened, alike in every field. By the
 * sequence that proves the snapshot, where that is the kernel's own, it was so
 * all the time. Otherwise by reading it again: then it is so now, and `fits`
 * says whether what was got is known to be of such a mapping, whenever it was
 * got. -EAGAIN, or what mapsnap_read() says; each with its sentence.
 */
int recheck(struct mapsnap_process *process, const struct mapsnap *snapshot,
	    const struct mapsnap_mapping *mapping, bool fits);

/* -EAGAIN, with a sentence. */
int recheck_changed(struct mapsnap_process *process);

#endif
