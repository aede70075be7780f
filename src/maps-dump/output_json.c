/* SPDX-License-Identifier: BSD-2-Clause */
/* One JSON document a run, or a line for each capture; see json.h. */
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

const struct output_format output_json = { .capture = write_capture,
					   .end = write_end,
					   .has_labels = true };

static void write_line(struct output *output, const struct capture *capture)
{
	json_write_line(&output->writer, capture);
}

const struct output_format output_jsonl = { .capture = write_line, .has_labels = true };
