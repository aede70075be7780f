/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures that a service took. Says on stderr what went wrong. */
#ifndef CAPTURE_SERVICE_H
#define CAPTURE_SERVICE_H

#include "capture.h"
#include "options.h"
#include "status.h"
#include "target.h"

/* As capture_process() has it, of the service that options->client asks. */
enum status capture_service(const struct target *target, const struct options *options,
			    struct captures *captures);

/* Why it tells this user nothing of a process, and what would help. */
const char *service_permission_advice(void);

#endif
