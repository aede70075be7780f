/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel is told by a small file of its own. */
#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>

/* False where there is no such file, or it does not take that. */
bool setting_write(const char *path, const char *text);

#endif
