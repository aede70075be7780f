/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_follower.h"

#include <errno.h>
#include <string.h>

#include "timing.h"

#define BETWEEN_LOOKS 1000000u /* ns */

/* Whether going by the changes leads to as many mappings as there are. */
static bool adds_up(struct mapsnap_diff changes)
{
	size_t count = mapsnap_count(changes.before);
	struct mapsnap_change change;

	while (mapsnap_diff_next(&changes, &change)) {
		count -= change.before != NULL;
		count += change.after != NULL;
	}
	return count == mapsnap_count(changes.after);
}

/* It goes on from the snapshot that was had, or says that it does not. */
static const char *fault(const struct mapsnap_step *step, const struct mapsnap *last)
{
	bool resync = step->changes.flags & MAPSNAP_DIFF_RESYNC;
	bool touched = step->changes.flags & MAPSNAP_DIFF_TOUCHED;

	if (resync == touched)
		return "it is either known what happened or not";
	if (step->before != last && mapsnap_count(step->before))
		return "it does not begin where the one before ended";
	if (step->before != last && touched)
		return "across a gap not everything is known";
	return adds_up(step->changes) ? NULL : "the changes do not add up";
}

static void take_step(struct table_follower *follower, size_t i)
{
	const struct cast_part *part = &follower->run->cast.parts[i];
	struct mapsnap *last = follower->trails[i].last;
	struct mapsnap_step step;
	const char *why;
	int r = mapsnap_table_next(follower->run->table, follower->trails[i].pid,
				   follower->trails[i].revision, &step);

	if (r && r != -ESRCH && r != -EAGAIN)
		table_wrong(&follower->tally, "the next of %s: %s",
			    cast_mode(&follower->run->cast, part), strerror(-r));
	if (r)
		return;
	why = fault(&step, last);
	if (why)
		table_wrong(&follower->tally, "a step of %s: %s",
			    cast_mode(&follower->run->cast, part), why);
	follower->tally.steps++;
	follower->tally.resyncs += step.before != last;
	mapsnap_unref(last);
	mapsnap_unref(step.before);
	follower->trails[i].last = step.after;
	follower->trails[i].revision = step.revision;
}

static void follow(struct table_follower *follower, size_t i)
{
	pid_t pid = cast_look(&follower->run->cast.parts[i]).pid;

	if (pid != follower->trails[i].pid) {
		mapsnap_unref(follower->trails[i].last);
		follower->trails[i].last = NULL;
		follower->trails[i].revision = 0;
		follower->trails[i].pid = pid;
	}
	take_step(follower, i);
}

void *table_follower_run(void *argument)
{
	struct table_follower *follower = argument;

	while (!atomic_load(&follower->run->over)) {
		for (size_t i = 0; i < follower->run->cast.count; i++)
			follow(follower, i);
		timing_sleep(BETWEEN_LOOKS);
	}
	return NULL;
}

void table_follower_free(struct table_follower *follower)
{
	for (size_t i = 0; i < CAST_MOST_PARTS; i++)
		mapsnap_unref(follower->trails[i].last);
}
