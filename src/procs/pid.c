/* SPDX-License-Identifier: BSD-2-Clause */
#include "pid.h"

#include <string.h>

pid_t pid_parse(const char *text, const char *behind)
{
	pid_t pid = 0;

	for (; *text >= '0' && *text <= '9' && pid <= PID_MOST; text++)
		pid = 10 * pid + (*text - '0');
	return pid <= PID_MOST && strcmp(text, behind) == 0 ? pid : 0;
}
