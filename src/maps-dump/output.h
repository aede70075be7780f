/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run prints to standard output. One file a format. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "capture.h"
#include "writer.h"

struct summary_row;

struct output {
	const struct output_format *format;
	struct writer writer;
	size_t captures; /* shown so far */
	bool several;    /* more than one is expected */
	struct summary_row *rows;
};

struct output_format {
	void (*capture)(struct output *output, const struct capture *capture);
	/* After the last capture, if there was one or none failed; NULL: nothing to do. */
	void (*end)(struct output *output);
};

extern const struct output_format output_text, output_json, output_summary;

#endif
