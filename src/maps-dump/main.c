/* SPDX-License-Identifier: BSD-2-Clause */
/* maps-dump: the maps of processes at a shell. */
#include <err.h>
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "check.h"
#include "diff.h"
#include "dump.h"
#include "options.h"
#include "output.h"
#include "source.h"
#include "watch.h"

/* Loading takes some 15 ms: only where a process is going to be read. */
static bool reads_processes(const struct options *options)
{
	for (size_t i = 0; !options->client && i < options->targets.count; i++)
		if (target_is_live(&options->targets.list[i]))
			return true;
	return options->check;
}

/* Returns how to exit. */
static int run(const struct options *options, const struct source *source)
{
	struct output output = {
		.format = options->format,
		.writer.fd = STDOUT_FILENO,
		.terminal = terminal_of(STDOUT_FILENO),
		.columns = &options->columns,
		.sort = &options->sort,
		.addresses = &options->addresses,
	};
	int status;

	if (options->check)
		status = (int)check(options, source, &output.writer);
	else if (options->diff)
		status = diff(options, &output);
	else if (options->watch_ns)
		status = (int)watch(options, &output);
	else
		status = (int)dump(options, &output);
	output_flush(&output);
	writer_free(&output.writer);
	return status;
}

int main(int argc, char **argv)
{
	struct source source = { 0 };
	struct options options;
	int status;

	setlocale(LC_CTYPE, "");
	options_parse(argc, argv, &options);
	/* Otherwise the next file that is opened would be what is written to. */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		err(STATUS_FAILED, "standard output");
	if (reads_processes(&options))
		source_open(&source, options.source);
	options.read.sequence = source.sequence;
	status = run(&options, &source);
	source_close(&source);
	options_free(&options);
	return status;
}
