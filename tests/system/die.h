/* SPDX-License-Identifier: BSD-2-Clause */
/* For programs that are of no use once something fails. */
#ifndef DIE_H
#define DIE_H

/* Says it on stderr, behind the program's name and before what errno means; exits with 3. */
_Noreturn __attribute__((format(printf, 1, 2))) void die(const char *format, ...);

#endif
