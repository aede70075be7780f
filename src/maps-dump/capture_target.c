/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_target.h"

#include "capture_file.h"
#include "capture_live.h"

enum status capture_target(const struct target *target, const struct options *options,
			   struct captures *captures)
{
	if (target->path)
		return capture_file(target->path, options, captures);
	return capture_process(target, options, captures);
}
