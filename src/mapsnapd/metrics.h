/* SPDX-License-Identifier: BSD-2-Clause */
/* All metrics: of the processes that are watched, in groups and never one by one, and of the
 * service. */
#ifndef METRICS_H
#define METRICS_H

#include "exposition.h"
#include "service.h"

/* Of the service: what clients asked, and what it takes for them; left out where it serves nobody.
 */
void metrics_write(const struct exposition *exposition, struct service *service, bool serves);

#endif
