/* SPDX-License-Identifier: BSD-2-Clause */
/* For programs that are of no use once something fails. */
#ifndef DIE_H
#define DIE_H

#include <stdint.h>

/* Says it on stderr, behind the program's name and before what errno means; exits with 3. */
_Noreturn __attribute__((format(printf, 1, 2))) void die(const char *format, ...);

/* The same for what is wrong with the command line: points to --help. */
_Noreturn void die_misused(const char *what);

/* The number that an option was given, or dies of it. */
uint64_t die_unless_number(const char *text);

#endif
