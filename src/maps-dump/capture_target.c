/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_target.h"

#include "capture_file.h"
#include "capture_live.h"
#include "capture_service.h"

enum status capture_target(const struct target *target, const struct options *options,
			   struct captures *captures)
{
	if (target->path)
		return capture_file(target->path, options, captures);
	if (options->client)
		return capture_service(target, options, captures);
	return capture_process(target, options, captures);
}
