/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many different programs, each stopped so that its mappings stay as they are,
 * and last a process with every form of name.
 */
#ifndef SUBJECTS_H
#define SUBJECTS_H

#include <sys/types.h>

/* Setup and teardown of a group of tests. */
int subjects_start(void **state);
int subjects_end(void **state);

/* Calls it for each; there are more than 30. */
void for_each_subject(void (*check)(pid_t pid));

/* The last one. */
pid_t subject_with_names(void);

#endif
