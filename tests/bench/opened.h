/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read, opened in both ways; where that fails the program ends. */
#ifndef OPENED_H
#define OPENED_H

#include <sys/types.h>

#include "mapsnap.h"

int opened_maps(pid_t pid);
struct mapsnap_process *opened_process(pid_t pid);

#endif
