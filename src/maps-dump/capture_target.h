/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures of whatever a target is. */
#ifndef CAPTURE_TARGET_H
#define CAPTURE_TARGET_H

#include "capture.h"
#include "options.h"
#include "status.h"

/* As capture_process(), capture_service() or capture_file() has it. */
enum status capture_target(const struct target *target, const struct options *options,
			   struct captures *captures);

#endif
