/* SPDX-License-Identifier: BSD-2-Clause */
/* One JSON document a run; see json.h. */
#include "json.h"
#include "output.h"

static void begin_once(struct output *output)
{
	if (output->captures == 0)
		json_write_begin(&output->writer);
}

static void write_capture(struct output *output, const struct capture *capture)
{
	begin_once(output);
	json_write_capture(&output->writer, capture, output->captures == 0);
}

static void write_end(struct output *output)
{
	begin_once(output);
	json_write_end(&output->writer);
}

const struct output_format output_json = { .capture = write_capture, .end = write_end };
