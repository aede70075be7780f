/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory of a test program's own, where everybody may make files. */
#ifndef SCRATCH_H
#define SCRATCH_H

struct scratch {
	char directory[32];
	char path[64], other_path[64]; /* of files in it that tests may make */
};

extern struct scratch scratch;

/* Before and after all tests. */
int scratch_make(void **state);
int scratch_remove(void **state);

/* After a test: removes both files. */
void scratch_tidy(void);

#endif
