/* SPDX-License-Identifier: BSD-2-Clause */
#include "changes.h"

#include "json.h"

static bool is_shown(const struct changes *changes, const struct mapsnap_mapping *m)
{
	return m && selection_has(changes->selection, m);
}

bool changes_next(struct changes *changes, struct mapsnap_change *change)
{
	while (mapsnap_diff_next(&changes->diff, change))
		if (is_shown(changes, change->before) || is_shown(changes, change->after))
			return true;
	return false;
}

struct tally changes_count(struct changes changes)
{
	struct mapsnap_change change;
	struct tally tally = { 0 };

	while (changes_next(&changes, &change)) {
		tally.added += !change.before;
		tally.removed += !change.after;
		tally.changed += change.what != 0;
		tally.touched += change.before && change.after && !change.what;
	}
	return tally;
}

bool tally_is_empty(const struct tally *tally)
{
	return !(tally->added || tally->removed || tally->changed || tally->touched);
}

void changes_write(struct changes changes, struct output *output)
{
	struct mapsnap_change change;

	while (changes_next(&changes, &change)) {
		bool touched = change.before && change.after && !change.what;

		if (touched) {
			output_mapping(output, STYLE_NOTE, "~", change.after);
			continue;
		}
		if (change.before)
			output_mapping(output, STYLE_REMOVED, "-", change.before);
		if (change.after)
			output_mapping(output, STYLE_ADDED, "+", change.after);
	}
}

static const char *word_of(const struct mapsnap_change *change)
{
	if (!change->before)
		return "added";
	if (!change->after)
		return "removed";
	return change->what ? "changed" : "touched";
}

void changes_write_json(struct changes changes, struct output *output,
			void (*add)(struct object *object, const void *context),
			const void *context)
{
	struct mapsnap_change change;

	while (changes_next(&changes, &change)) {
		struct object object = object_new();

		add(&object, context);
		add_string(&object, "change", word_of(&change));
		json_add_mapping_or_null(&object, "before", change.before);
		json_add_mapping_or_null(&object, "after", change.after);
		object_print_line(&object, &output->writer);
	}
}
