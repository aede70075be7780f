/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of many address spaces changed, as poll(2) asks for many files. */
#ifndef POLLING_H
#define POLLING_H

#include <stddef.h>

#include "kernel.h"
#include "mapsnap.h"

/* The public call, with the kernel as a parameter. */
int poll_sequences(const struct kernel *kernel, const struct mapsnap_sequence *source,
		   struct mapsnap_poll *entries, size_t n, size_t *noted);

#endif
