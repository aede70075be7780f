/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_resolver.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "table_torture_source.h"

static const char *mode_of(const struct table_resolver *resolver, const struct cast_part *part)
{
	return cast_mode(&resolver->run->cast, part);
}

/* It was in the table all the time: a pid that is new may not be yet. */
static bool was_in(const struct cast_part *part, uint64_t outs)
{
	bool comes_and_goes = part->seat || (part->invariant->shift && cast_has_own_pids(part));

	return !comes_and_goes && outs % 2 == 0 && atomic_load(&part->outs) == outs;
}

/* Counts what the bounds make certain, and whether it was answered. */
static void count_positive(struct table_resolver *resolver, int r, uint64_t outs)
{
	struct table_batch *batch = &resolver->batch;
	size_t answered = 0;

	if (!table_bounds_stood(&batch->bounds) || !was_in(batch->bounds.part, outs))
		return;
	if (r == 0)
		resolver->tally.asked += table_batch_count_statics(batch, &answered);
	else
		resolver->tally.asked += batch->bounds.part->invariant->statics;
	resolver->tally.positive += answered;
}

/* One for each address space that was seen, and now and then another. */
static void note(struct table_resolver *resolver, const struct table_shown *shown)
{
	const struct table_batch *batch = &resolver->batch;
	struct table_note next = {
		.part = batch->bounds.part,
		.pid = batch->pid,
		.number = shown->number,
		.revision = batch->answers[0].revision,
	};

	if (shown->number == 0 || resolver->noted == TABLE_NOTES)
		return;
	for (size_t i = resolver->noted; i-- > 0;)
		if (resolver->notes[i].part == next.part) {
			if (resolver->notes[i].number == next.number &&
			    resolver->notes[i].pid == next.pid && rand_r(&resolver->seed) % 32)
				return;
			break;
		}
	resolver->notes[resolver->noted++] = next;
}

/* What is shown as the latest never goes back. */
static void check_order(struct table_resolver *resolver, struct cast_part *part)
{
	const struct table_batch *batch = &resolver->batch;
	size_t i = (size_t)(part - resolver->run->cast.parts);

	if (resolver->pids[i] == batch->pid && batch->answers[0].revision < resolver->revisions[i])
		table_wrong(&resolver->tally, "%s: revision %" PRIu64 " after %" PRIu64,
			    mode_of(resolver, part), batch->answers[0].revision,
			    resolver->revisions[i]);
	resolver->pids[i] = batch->pid;
	resolver->revisions[i] = batch->answers[0].revision;
}

static void judge(struct table_resolver *resolver, const char *how)
{
	struct table_batch *batch = &resolver->batch;
	struct table_shown shown;
	char why[200];

	if (!table_batch_covers_bounds(batch)) {
		resolver->tally.beyond++;
		return;
	}
	if (!table_batch_holds(batch, &shown, why, sizeof(why)))
		table_wrong(&resolver->tally, "%s, %s: %s", mode_of(resolver, batch->bounds.part),
			    how, why);
	else if (shown.unfinished)
		resolver->tally.unfinished++;
	else if (table_batch_is_of_one(batch, why, sizeof(why)))
		note(resolver, &shown);
}

static bool is_error_of(const struct cast_part *part, int r)
{
	return r == -ESRCH || (r == -EAGAIN && !cast_has_own_pids(part));
}

static void count_absent(struct table_resolver *resolver, int r)
{
	const struct cast_part *part = resolver->batch.bounds.part;

	resolver->tally.absent++;
	if (!is_error_of(part, r))
		table_wrong(&resolver->tally, "%s: %s", mode_of(resolver, part), strerror(-r));
}

/* By the latest snapshot: not older than what the table knows for certain. */
static void resolve_latest(struct table_resolver *resolver, struct cast_part *part)
{
	struct table_batch *batch = &resolver->batch;
	struct cast_look look = cast_look(part);
	uint64_t outs = atomic_load(&part->outs);
	char why[200];
	int r;

	table_batch_begin(batch, part, &look);
	batch->bounds.lower = cast_floor(part, batch->bounds.number);
	mapsnap_table_enter();
	r = mapsnap_table_resolve(resolver->run->table, batch->pid, batch->addresses, batch->n,
				  batch->answers);
	batch->bounds.upper = cast_look(part).moment;
	count_positive(resolver, r, outs);
	if (r) {
		count_absent(resolver, r);
	} else if (!table_batch_is_of_one(batch, why, sizeof(why))) {
		table_wrong(&resolver->tally, "%s: %s", mode_of(resolver, part), why);
	} else {
		resolver->tally.latest++;
		check_order(resolver, part);
		judge(resolver, "latest");
	}
	mapsnap_table_leave();
}

static struct table_instant look_around(struct cast_part *part)
{
	struct table_instant instant = { .part = part, .before = cast_look(part) };

	instant.time_ns = now_ns();
	instant.after = cast_look(part);
	return instant;
}

static bool is_all_exact(const struct table_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->answers[i].moment != MAPSNAP_MOMENT_EXACT)
			return false;
	return true;
}

static uint64_t judge_samples(struct table_resolver *resolver, const char *how)
{
	struct table_batch *batch = &resolver->batch;
	char why[200];

	if (is_all_exact(batch)) {
		judge(resolver, how);
		return 1;
	}
	if (!table_batch_is_possible(batch, why, sizeof(why)))
		table_wrong(&resolver->tally, "%s, %s: %s", mode_of(resolver, batch->bounds.part),
			    how, why);
	return 0;
}

/* False where there is no answer. */
static bool resolve_at(struct table_resolver *resolver, const struct table_instant *instant,
		       uint64_t time_ns, uint64_t sequence)
{
	struct table_batch *batch = &resolver->batch;
	int r;

	table_batch_begin(batch, instant->part, &instant->before);
	batch->bounds.lower = instant->before.moment;
	batch->bounds.upper = instant->after.moment;
	table_batch_sample(batch, time_ns, sequence);
	r = mapsnap_table_resolve_samples(resolver->run->table, batch->pid, batch->samples,
					  batch->n, batch->answers);
	if (r)
		count_absent(resolver, r);
	return r == 0;
}

static void resolve_by_time(struct table_resolver *resolver, const struct table_instant *instant)
{
	mapsnap_table_enter();
	if (resolve_at(resolver, instant, instant->time_ns, 0)) {
		resolver->tally.timed++;
		resolver->tally.timed_exact += judge_samples(resolver, "by time");
	}
	mapsnap_table_leave();
}

/* Where the sequence is known for certain, it is of one state. */
static void resolve_by_sequence(struct table_resolver *resolver,
				const struct table_instant *instant)
{
	const struct invariant_moment *before = &instant->before.moment;
	const struct invariant_moment *after = &instant->after.moment;
	bool stays = cast_has_own_pids(instant->part) && rand_r(&resolver->seed) % 2;

	if (before->number != after->number || before->sequence != after->sequence ||
	    before->number % 2 || before->sequence % 2)
		return;
	mapsnap_table_enter();
	if (resolve_at(resolver, instant, stays ? 0 : instant->time_ns,
		       TABLE_SEQUENCE_BASE + before->sequence)) {
		resolver->tally.numbered++;
		resolver->tally.numbered_exact += judge_samples(resolver, "by sequence");
	}
	mapsnap_table_leave();
}

static void resolve_samples(struct table_resolver *resolver, const struct table_instant *instant)
{
	if (!instant->part ||
	    (cast_has_own_pids(instant->part) &&
	     (instant->before.moment.number % 2 || instant->after.pid != instant->before.pid)))
		return;
	resolve_by_time(resolver, instant);
	if (resolver->run->numbered)
		resolve_by_sequence(resolver, instant);
}

/* What the call has brought up to date may not be older from now on. */
static void refresh_one(struct table_resolver *resolver, struct cast_part *part)
{
	struct cast_look before = cast_look(part);
	int r = mapsnap_table_refresh_pid(resolver->run->table, before.pid);
	struct cast_look after = cast_look(part);

	if (r == 0 && before.moment.number % 2 == 0 && after.moment.number == before.moment.number)
		cast_raise_floor(part, &before.moment);
	resolver->tally.unsettled += r == -EAGAIN;
}

static void go_on(struct table_resolver *resolver)
{
	struct table_cast *cast = &resolver->run->cast;
	unsigned int dice = (unsigned int)rand_r(&resolver->seed);
	struct cast_part *part = &cast->parts[dice % cast->count];
	struct table_instant *past = &resolver->instants[dice / 64 % TABLE_INSTANTS];
	struct table_instant instant = look_around(part);

	resolve_latest(resolver, part);
	resolve_samples(resolver, &instant);
	resolve_samples(resolver, past);
	table_control_go_on(&resolver->control, resolver->run, part, &resolver->batch,
			    &resolver->tally);
	if (dice % 8 == 0)
		*past = instant;
	if (dice % 16 == 1)
		refresh_one(resolver, part);
}

void *table_resolver_run(void *argument)
{
	struct table_resolver *resolver = argument;

	while (!atomic_load(&resolver->run->over))
		go_on(resolver);
	table_control_end(&resolver->control);
	table_batch_free(&resolver->batch);
	return NULL;
}
