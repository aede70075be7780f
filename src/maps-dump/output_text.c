/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of /proc/PID/maps; with a line before each where there are several. */
#include <stdlib.h>

#include "encoding.h"
#include "output.h"

static void write_header(struct writer *writer, const struct capture *capture)
{
	char subject[512];
	char *command = printable(capture->command ? capture->command : "");

	if (capture->info.pid)
		writer_printf(writer, "%d: %s\n", capture->info.pid, command ? command : "");
	else
		writer_printf(writer, "%s:\n", capture_subject(capture, subject, sizeof(subject)));
	free(command);
}

static void write_capture(struct output *output, const struct capture *capture)
{
	struct mapsnap_walk walk = { .snapshot = capture->snapshot };
	const struct mapsnap_mapping *mapping;

	if (output->several)
		write_header(&output->writer, capture);
	while ((mapping = mapsnap_walk_next(&walk)))
		writer_mapping(&output->writer, mapping);
}

const struct output_format output_text = { .capture = write_capture };
