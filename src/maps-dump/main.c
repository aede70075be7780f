/* SPDX-License-Identifier: BSD-2-Clause */
/* maps-dump: the maps of processes at a shell. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "capture_file.h"
#include "capture_live.h"
#include "check.h"
#include "label.h"
#include "options.h"
#include "output.h"
#include "permission.h"
#include "source.h"
#include "status.h"
#include "target.h"

struct run {
	struct options options;
	struct source source;
	struct output output;
	bool labels;       /* are to be printed */
	size_t unreadable; /* processes that --all or --name found and that may not be read */
};

/* Ends the program if standard output can't take what was printed. */
static void flush(struct output *output)
{
	int error = writer_flush(&output->writer);

	if (!error)
		return;
	errno = -error;
	err(STATUS_FAILED, error == -ENOMEM ? "can't print" : "standard output");
}

static enum status show(struct run *run, const struct capture *capture)
{
	char subject[512];

	if (run->options.require_consistent && !is_consistent(&capture->info)) {
		warnx("%s: not consistent: %s", capture_subject(capture, subject, sizeof(subject)),
		      mapsnap_reason_text(capture->info.reason));
		return STATUS_NOT_CONSISTENT;
	}
	run->output.format->capture(&run->output, capture);
	run->output.captures++;
	flush(&run->output);
	if (run->labels)
		label_print(capture);
	return STATUS_DONE;
}

/* One line tells of them all: --all by somebody else than root meets hundreds. */
static void count_unreadable(struct run *run, const struct target *target)
{
	run->unreadable++;
	if (run->options.verbose)
		warnx("PID %d: permission denied", target->pid);
}

static enum status dump(struct run *run, const struct target *target)
{
	struct captures captures = { 0 };
	enum status status;

	if (target->path)
		status = capture_file(target->path, &run->options, &captures);
	else
		status = capture_process(target, &run->options, &captures);
	if (status == STATUS_NO_PERMISSION && target->found)
		count_unreadable(run, target);
	if (captures.count > 1)
		run->output.several = true;
	for (size_t i = 0; i < captures.count; i++)
		status = status_worse(status, show(run, &captures.list[i]));
	captures_free(&captures);
	return status;
}

static enum status dump_all(struct run *run)
{
	const struct targets *targets = &run->options.targets;
	enum status status = STATUS_DONE;

	run->output.several = targets->count > 1;
	for (size_t i = 0; i < targets->count; i++)
		status = status_worse(status, dump(run, &targets->list[i]));
	/* Success is a whole document, also of nothing; failure alone prints nothing. */
	if ((run->output.captures || status == STATUS_DONE) && run->output.format->end)
		run->output.format->end(&run->output);
	if (run->unreadable)
		warnx("%zu process%s: %s", run->unreadable, run->unreadable == 1 ? "" : "es",
		      permission_advice());
	return status;
}

/* Loading takes some 15 ms: only where a process is going to be read. */
static bool reads_processes(const struct options *options)
{
	for (size_t i = 0; i < options->targets.count; i++)
		if (target_is_live(&options->targets.list[i]))
			return true;
	return options->check;
}

static void open_source(struct run *run)
{
	if (reads_processes(&run->options))
		source_open(&run->source, run->options.source);
	run->options.read.sequence = run->source.sequence;
}

int main(int argc, char **argv)
{
	struct run run = { .output.writer.fd = STDOUT_FILENO };
	enum status status;

	options_parse(argc, argv, &run.options);
	/* Otherwise the next file that is opened would be what is written to. */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		err(STATUS_FAILED, "standard output");
	run.output.format = run.options.format;
	run.labels = run.options.verbose || isatty(STDERR_FILENO);
	open_source(&run);
	if (run.options.check)
		status = check(&run.options, &run.source, &run.output.writer);
	else
		status = dump_all(&run);
	flush(&run.output);
	writer_free(&run.output.writer);
	source_close(&run.source);
	targets_free(&run.options.targets);
	return status;
}
