/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of /proc/PID/maps; with a line before each where there are several. */
#include "output.h"

static void write_capture(struct output *output, const struct capture *capture)
{
	struct capture_walk walk = capture_walk(capture);
	const struct mapsnap_mapping *mapping;

	output_heading(output, capture);
	while ((mapping = capture_walk_next(&walk)))
		output_mapping(output, STYLE_PLAIN, "", mapping);
}

const struct output_format output_text = { .capture = write_capture };
