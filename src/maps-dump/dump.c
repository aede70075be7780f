/* SPDX-License-Identifier: BSD-2-Clause */
#include "dump.h"

#include <err.h>
#include <unistd.h>

#include "capture_service.h"
#include "capture_target.h"
#include "label.h"
#include "permission.h"
#include "progress.h"

struct dump {
	const struct options *options;
	struct output *output;
	struct progress progress;
	bool labels;       /* are to be printed */
	size_t unreadable; /* processes that were found and may not be read */
};

/* Who asks all for something wants to see those that have it. */
static bool is_of_interest(const struct dump *d, const struct target *target,
			   const struct capture *capture)
{
	struct capture_walk walk = capture_walk(capture);

	return !target->found || selection_is_all(&d->options->selection) ||
	       capture_walk_next(&walk);
}

static enum status show(struct dump *d, const struct capture *capture)
{
	char subject[512];

	if (d->options->require_consistent && !is_consistent(&capture->info)) {
		warnx("%s: not consistent: %s", capture_subject(capture, subject, sizeof(subject)),
		      mapsnap_reason_text(capture->info.reason));
		return STATUS_NOT_CONSISTENT;
	}
	d->output->format->capture(d->output, capture);
	d->output->captures++;
	output_flush(d->output);
	if (d->labels)
		label_print(capture);
	return STATUS_DONE;
}

/* One line tells of them all: --all by somebody else than root meets hundreds. */
static void count_unreadable(struct dump *d, const struct target *target)
{
	d->unreadable++;
	if (d->options->verbose)
		warnx("PID %d: permission denied", target->pid);
}

static enum status dump_one(struct dump *d, const struct target *target)
{
	struct captures captures = { 0 };
	enum status status = capture_target(target, d->options, &captures);

	if (status == STATUS_NO_PERMISSION && target->found)
		count_unreadable(d, target);
	if (captures.count > 1)
		d->output->several = true;
	for (size_t i = 0; i < captures.count; i++)
		if (is_of_interest(d, target, &captures.list[i]))
			status = status_worse(status, show(d, &captures.list[i]));
	captures_free(&captures);
	return status;
}

/* Labels would overwrite it, and what is printed to a terminal shows by itself how far it is. */
static bool wants_progress(const struct dump *d)
{
	return isatty(STDERR_FILENO) && !d->labels &&
	       !(d->output->terminal.is_one && !d->output->format->end);
}

enum status dump(const struct options *options, struct output *output)
{
	const struct targets *targets = &options->targets;
	struct dump d = {
		.options = options,
		.output = output,
		.labels =
			options->verbose || (isatty(STDERR_FILENO) && !output->format->has_labels),
	};
	enum status status = STATUS_DONE;

	d.progress = progress_begin(wants_progress(&d), targets->count);
	output->several = targets->count > 1;
	for (size_t i = 0; i < targets->count; i++) {
		status = status_worse(status, dump_one(&d, &targets->list[i]));
		progress_step(&d.progress, i + 1);
	}
	progress_clear(&d.progress);
	/* Success is a whole document, also of nothing; failure alone prints nothing. */
	if ((output->captures || status == STATUS_DONE) && output->format->end)
		output->format->end(output);
	if (d.unreadable)
		warnx("%zu process%s: %s", d.unreadable, d.unreadable == 1 ? "" : "es",
		      options->client ? service_permission_advice() : permission_advice());
	return status;
}
