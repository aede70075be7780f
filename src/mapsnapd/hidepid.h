/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether /proc is mounted so that users do not see the processes of others. */
#ifndef HIDEPID_H
#define HIDEPID_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* As it is now; also where that can't be told. */
bool hidepid_is_set(void);

/* By mountinfo of proc(5), of the file system of this device. */
bool hidepid_is_set_in(FILE *mounts, dev_t device);

#endif
