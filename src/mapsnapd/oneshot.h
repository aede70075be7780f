/* SPDX-License-Identifier: BSD-2-Clause */
/* All processes read once, and the metrics of that for node_exporter's textfile collector. */
#ifndef ONESHOT_H
#define ONESHOT_H

#include "service.h"

/* At idle priority. 0, or why some of them could not be looked at: a negative errno. */
int oneshot_read(struct service *service);

/*
 * Into this file, in place of what was there, whole or not at all; where there is something else
 * of that name, such as a FIFO, into that. "-": to standard output. 0 or a negative errno.
 */
int oneshot_write(struct service *service, const char *path);

#endif
