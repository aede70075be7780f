/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "target_mode.h"

extern const struct target_mode target_mode_move, target_mode_pairs, target_mode_boundary,
	target_mode_grow, target_mode_stacks, target_mode_wide, target_mode_exec, target_mode_execs,
	target_mode_exit, target_mode_reuse, target_mode_fork;

const struct target_mode *const target_modes[] = {
	&target_mode_move,
	&target_mode_pairs,
	&target_mode_boundary,
	&target_mode_grow,
	&target_mode_stacks,
	&target_mode_wide,
	&target_mode_exec,
	&target_mode_execs,
	&target_mode_exit,
	&target_mode_reuse,
	&target_mode_fork,
	NULL,
};

const struct target_mode *target_mode_find(const char *name)
{
	for (const struct target_mode *const *mode = target_modes; *mode; mode++)
		if (strcmp((*mode)->name, name) == 0)
			return *mode;
	return NULL;
}
