/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes the user may read: PTRACE_MODE_READ_FSCREDS, see ptrace(2). */
#ifndef PERMISSION_H
#define PERMISSION_H

#include <stdbool.h>

/* Whether the capability for other users' processes is in effect. */
bool has_ptrace_capability(void);

/* "permission denied", with what would help this user. */
const char *permission_advice(void);

#endif
