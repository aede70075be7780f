/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture_chain.h"

#include <errno.h>
#include <signal.h>

#include "clock.h"
#include "die.h"

/* A link says most where something changed since the last; so long that is waited for. */
#define PATIENCE 5000000u /* ns */

static void await_change(const struct torture_chain *chain)
{
	const struct invariant_seat *seat = chain->subject->seat;
	uint64_t since = now_ns(), sequence = invariant_now(seat).sequence;

	while (invariant_now(seat).sequence == sequence && now_ns() - since < PATIENCE)
		;
}

/* Whether going by the changes leads to as many mappings as there are. */
static bool adds_up(struct mapsnap_diff *changes)
{
	size_t count = mapsnap_count(changes->before);
	struct mapsnap_change change;

	while (mapsnap_diff_next(changes, &change)) {
		count -= change.before != NULL;
		count += change.after != NULL;
	}
	return count == mapsnap_count(changes->after);
}

static void count_link(struct torture_links *links, struct mapsnap_diff *changes)
{
	const struct mapsnap_info *info = mapsnap_info(changes->after);

	if (changes->after == changes->before)
		return;
	links->overflows += info->overflows;
	links->wrong += !adds_up(changes);
	if (changes->flags & MAPSNAP_DIFF_RESYNC) {
		links->resyncs++;
		return;
	}
	links->deltas++;
	links->mappings += info->mappings_read;
}

static void add_link(struct torture_chain *chain)
{
	struct mapsnap_diff changes = { 0 };
	struct mapsnap *next =
		torture_read_labelled(chain->reader, chain->subject, chain->last, &changes);

	if (next && changes.after)
		count_link(&chain->reader->result->links, &changes);
	if (!next)
		return;
	mapsnap_unref(chain->last);
	chain->last = next;
}

void torture_chain_follow(struct torture_chain *chain)
{
	await_change(chain);
	add_link(chain);
}

static struct mapsnap *read_anew(const struct torture_chain *chain)
{
	struct mapsnap_process *process = chain->subject->process;
	struct mapsnap *snapshot;

	if (mapsnap_read(process, &chain->reader->options, &snapshot))
		die("reading what rests: %s", mapsnap_error(process));
	return snapshot;
}

static bool differ(const struct mapsnap *a, const struct mapsnap *b)
{
	struct mapsnap_diff diff = { .before = a, .after = b };
	struct mapsnap_change change;

	return mapsnap_count(a) != mapsnap_count(b) || mapsnap_diff_next(&diff, &change);
}

void torture_chain_compare(struct torture_chain *chain, const struct started *target)
{
	struct torture_links *links = &chain->reader->result->links;
	struct mapsnap *anew;

	if (!chain->last)
		return;
	if (!started_stop(target))
		die("the target can't be stopped");
	add_link(chain);
	anew = read_anew(chain);
	links->rests++;
	links->wrong += differ(chain->last, anew);
	mapsnap_unref(anew);
	kill(target->pid, SIGCONT);
}

void torture_chain_end(struct torture_chain *chain)
{
	mapsnap_unref(chain->last);
	chain->last = NULL;
}
