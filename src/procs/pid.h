/* SPDX-License-Identifier: BSD-2-Clause */
/* The number of a process, as somebody wrote it. */
#ifndef PID_H
#define PID_H

#include <sys/types.h>

/* PID_MAX_LIMIT of include/linux/threads.h is the first that no process can have. */
#define PID_MOST ((1 << 22) - 1)

/* That of digits behind which there is this and nothing else; 0: no process can have it. */
pid_t pid_parse(const char *text, const char *behind);

#endif
