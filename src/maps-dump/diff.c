/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff.h"

#include <err.h>

#include "capture_target.h"
#include "changes.h"
#include "json.h"

/* False after a sentence about what is wrong. */
static bool check_one(const struct options *options, const struct captures *captures,
		      const struct target *target)
{
	const struct capture *capture = captures->list;
	char subject[512];

	if (captures->count == 0) {
		warnx("--diff: nothing to compare in %s",
		      target->path ? target->path : "a process that is gone");
		return false;
	}
	capture_subject(capture, subject, sizeof(subject));
	if (captures->count > 1) {
		warnx("--diff: %s has %zu captures; it takes files of one", target->path,
		      captures->count);
		return false;
	}
	if (options->require_consistent && !is_consistent(&capture->info)) {
		warnx("%s: not consistent: %s", subject, mapsnap_reason_text(capture->info.reason));
		return false;
	}
	return true;
}

static void write_side(struct output *output, const char *sign, enum style style,
		       const struct capture *capture)
{
	struct writer *writer = &output->writer;
	char subject[512];

	output_begin(output, style);
	writer_string(writer, sign);
	output_printable(output, capture_subject(capture, subject, sizeof(subject)));
	writer_printf(writer, " (%s: %s)", mapsnap_consistency_name(capture->info.consistency),
		      mapsnap_reason_text(capture->info.reason));
	output_end(output, style);
}

static void add_nothing(struct object *object, const void *context)
{
	(void)object;
	(void)context;
}

static int compare(const struct options *options, struct output *output,
		   const struct capture *before, const struct capture *after)
{
	struct changes changes = {
		.diff = { .before = before->snapshot, .after = after->snapshot },
		.selection = &before->selection,
	};
	const struct tally tally = changes_count(changes);

	if (!selection_same(&before->selection, &after->selection)) {
		warnx("--diff: one was saved with filters that the other does not have: give both "
		      "the same ones");
		return DIFF_TROUBLE;
	}
	if (tally_is_empty(&tally))
		return DIFF_SAME;
	if (options->format == &output_jsonl) {
		changes_write_json(changes, output, add_nothing, NULL);
		return DIFF_DIFFERENT;
	}
	write_side(output, "--- ", STYLE_REMOVED, before);
	write_side(output, "+++ ", STYLE_ADDED, after);
	changes_write(changes, output);
	return DIFF_DIFFERENT;
}

int diff(const struct options *options, struct output *output)
{
	const struct target *targets = options->targets.list;
	struct captures before = { 0 }, after = { 0 };
	int result = DIFF_TROUBLE;

	if (capture_target(&targets[0], options, &before) == STATUS_DONE &&
	    check_one(options, &before, &targets[0]) &&
	    capture_target(&targets[1], options, &after) == STATUS_DONE &&
	    check_one(options, &after, &targets[1]))
		result = compare(options, output, before.list, after.list);
	captures_free(&before);
	captures_free(&after);
	return result;
}
