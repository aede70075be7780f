/* SPDX-License-Identifier: BSD-2-Clause */
/* All processes read once, and the metrics of that for node_exporter's textfile collector. */
#ifndef ONESHOT_H
#define ONESHOT_H

#include "service.h"

/* Into this file, in place of what was there, whole or not at all; "-": standard output. 0 or a
 * negative errno. */
int oneshot(struct service *service, const char *path);

#endif
