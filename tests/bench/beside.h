/* SPDX-License-Identifier: BSD-2-Clause */
/* Our other programs. */
#ifndef BESIDE_H
#define BESIDE_H

/* The path of one that lies in the directory of this one; until the next call. */
const char *program_beside(const char *name);

#endif
