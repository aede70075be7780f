/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdint.h>

/* What each plugin has under the name "plugin". */
struct plugin {
	void (*burn)(uint64_t rounds); /* takes time, in proportion */
	const char *start, *end;       /* of the code that does */
};

#endif
