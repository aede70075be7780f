/* SPDX-License-Identifier: BSD-2-Clause */
/* What a mapping is, told from its raw name. */
#ifndef KIND_H
#define KIND_H

#include <stddef.h>
#include <stdint.h>

/* enum mapsnap_kind */
uint8_t kind_of_name(const char *name, size_t length);

#endif
