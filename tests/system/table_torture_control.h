/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a batch would show of which one half was answered by one snapshot, and the
 * other half by a later one: the judge has to see that.
 */
#ifndef TABLE_TORTURE_CONTROL_H
#define TABLE_TORTURE_CONTROL_H

#include "table_torture.h"
#include "table_torture_batch.h"

struct table_control {
	struct cast_part *part; /* NULL: none is under way */
	struct mapsnap *first;  /* a reference */
	uint64_t revision;
};

/* Takes the first snapshot, or the second one and mixes them. In no section. */
void table_control_go_on(struct table_control *control, const struct table_run *run,
			 struct cast_part *part, struct table_batch *batch,
			 struct table_tally *tally);

void table_control_end(struct table_control *control);

#endif
