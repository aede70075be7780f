/* SPDX-License-Identifier: BSD-2-Clause */
/* From one snapshot to the next, for who wants all that changed. */
#include <errno.h>

#include "table.h"

/*
 * The one that came after what was the latest at that revision; the latest where that
 * is not known. NULL: none did.
 */
static const struct generation *find_next(const struct generation *latest, uint64_t revision,
					  const struct generation **before)
{
	const struct generation *after = latest;

	*before = NULL;
	if (latest->revision <= revision)
		return NULL;
	for (; after; after = *before) {
		*before = generation_older(after);
		if (*before && (*before)->revision <= revision)
			return after;
	}
	return latest;
}

static void begin(const struct mapsnap_table *table, const struct generation *before,
		  const struct generation *after, struct mapsnap_step *step)
{
	bool goes_on = before && before->snapshot && before->program == after->program;

	step->before = mapsnap_ref(goes_on ? before->snapshot : table->empty);
	step->after = mapsnap_ref(after->snapshot);
	step->revision = after->revision;
	step->changes = (struct mapsnap_diff){
		.before = step->before,
		.after = step->after,
		.flags = goes_on ? after->changes : MAPSNAP_DIFF_RESYNC,
	};
}

static int take(const struct mapsnap_table *table, pid_t pid, uint64_t revision,
		struct mapsnap_step *step)
{
	const struct generation *latest = roster_latest(&table->roster, pid), *before, *after;

	if (!latest)
		return -ESRCH;
	after = find_next(latest, revision, &before);
	if (!after)
		return latest->snapshot ? -EAGAIN : latest->error;
	/* What came in between could not be read, and what was before is of another program. */
	if (!after->snapshot) {
		after = latest;
		before = NULL;
	}
	if (!after->snapshot)
		return after->error;
	begin(table, before, after, step);
	return 0;
}

int mapsnap_table_next(const struct mapsnap_table *table, pid_t pid, uint64_t revision,
		       struct mapsnap_step *step)
{
	int r;

	rcu_enter();
	r = take(table, pid, revision, step);
	rcu_leave();
	return r;
}
