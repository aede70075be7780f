/* SPDX-License-Identifier: BSD-2-Clause */
/* What outputs of text have in common. */
#include "output.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "status.h"

void output_flush(struct output *output)
{
	int error = writer_flush(&output->writer);

	if (!error)
		return;
	errno = -error;
	err(STATUS_FAILED, error == -ENOMEM ? "can't print" : "standard output");
}

void output_printable(struct output *output, const char *string)
{
	writer_printable(&output->writer, string, output->terminal.utf8);
}

void output_begin(struct output *output, enum style style)
{
	writer_string(&output->writer, terminal_begin(&output->terminal, style));
}

void output_end(struct output *output, enum style style)
{
	writer_string(&output->writer, terminal_end(&output->terminal, style));
	writer_string(&output->writer, "\n");
}

void output_heading(struct output *output, const struct capture *capture)
{
	char subject[512];

	if (!output->several)
		return;
	output_begin(output, STYLE_HEADING);
	if (capture->info.pid) {
		writer_printf(&output->writer, "%d: ", capture->info.pid);
		output_printable(output, capture->command ? capture->command : "");
	} else {
		output_printable(output, capture_subject(capture, subject, sizeof(subject)));
		writer_string(&output->writer, ":");
	}
	output_end(output, STYLE_HEADING);
}

static void write_safely(struct output *output, const struct mapsnap_mapping *mapping)
{
	struct writer line = { .fd = -1 };

	writer_mapping(&line, mapping);
	if (line.error) {
		output->writer.error = line.error;
		return;
	}
	line.buffer[line.used - 1] = '\0'; /* instead of the newline */
	output_printable(output, line.buffer);
	writer_free(&line);
}

void output_mapping(struct output *output, enum style style, const char *prefix,
		    const struct mapsnap_mapping *mapping)
{
	if (!output->terminal.is_one) {
		writer_string(&output->writer, prefix);
		writer_mapping(&output->writer, mapping);
		return;
	}
	output_begin(output, style);
	writer_string(&output->writer, prefix);
	write_safely(output, mapping);
	output_end(output, style);
}
