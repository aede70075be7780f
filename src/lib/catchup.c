/* SPDX-License-Identifier: BSD-2-Clause */
#include "catchup.h"

#include <errno.h>
#include <stdlib.h>

#include "records.h"

/* How often it is tried without the lock before, and with it in turn after. */
#define LOCKLESS 3
#define STEPS    16

/* The kernel's log holds some 170 ranges; the others are for some changes. All can grow. */
#define FEW_RECORDS 128
#define FEW_RANGES  192
#define FEW_NAMES   8192

/* What changed since `since`. */
struct delta {
	struct procmap_snapshot argument;
	struct procmap_record *records;
	struct procmap_range *ranges;
	char *names;
	size_t records_room, ranges_room, names_room;
};

static void delta_free(struct delta *d)
{
	free(d->records);
	free(d->ranges);
	free(d->names);
}

static int delta_room(struct delta *d, size_t records, size_t ranges, size_t names)
{
	delta_free(d);
	d->records = malloc(records * sizeof(*d->records));
	d->ranges = malloc(ranges * sizeof(*d->ranges));
	d->names = malloc(names);
	d->records_room = records;
	d->ranges_room = ranges;
	d->names_room = names;
	return d->records && d->ranges && d->names ? 0 : -ENOMEM;
}

static int ask(struct delta *d, const struct reading *reading, uint64_t since, uint64_t flags)
{
	struct procmap_snapshot *a = &d->argument;

	*a = records_asked(reading->want);
	a->flags = flags;
	a->records = (uintptr_t)d->records;
	a->nr_records = d->records_room;
	if (want_names(reading->want)) {
		a->names = (uintptr_t)d->names;
		a->names_size = d->names_room;
	}
	a->since = since;
	a->cookie = reading->cookie;
	a->ranges = (uintptr_t)d->ranges;
	a->nr_ranges = d->ranges_room;
	return reading->kernel->ioctl(reading->maps_fd, PROCMAP_SNAPSHOT, a);
}

/* What it needs, it says; if that were there already, asking again would go on for ever. */
static int grow(struct delta *d)
{
	const struct procmap_snapshot *needs = &d->argument;

	if (needs->nr_records <= d->records_room && needs->nr_ranges <= d->ranges_room &&
	    needs->names_size <= d->names_room)
		return -ENOBUFS;
	return delta_room(d, with_slack(needs->nr_records), with_slack(needs->nr_ranges),
			  with_slack(needs->names_size));
}

/* The same again, until there is room. */
static int ask_with_room(struct delta *d, const struct reading *reading, uint64_t since,
			 uint64_t flags)
{
	int r = ask(d, reading, since, flags);

	while (r == -ENOBUFS) {
		r = grow(d);
		if (r)
			return r;
		r = ask(d, reading, since, flags);
	}
	return r;
}

/* What stood in the ranges goes, and what stands there comes. */
static int apply(const struct delta *d, struct reading *reading, struct ranges *all)
{
	const struct ranges ranges = { .list = d->ranges, .count = d->argument.nr_ranges };
	const struct records records = {
		.list = d->records,
		.count = d->argument.nr_records,
		.names = d->names,
		.names_size = d->argument.names_size,
	};
	struct builder *builder = reading->builder;
	size_t kept;
	int r;

	builder_drop(builder, &ranges);
	kept = builder->count;
	r = records_take(&records, builder, &reading->line);
	if (r == DONE)
		r = builder_merge(builder, kept);
	return r == DONE && all ? ranges_add(all, &ranges) : r;
}

/* Once more: DONE where it settled, CHANGED where it goes on from *since. */
static int step(struct delta *d, struct reading *reading, uint64_t *since, struct ranges *all)
{
	int r = ask_with_room(d, reading, *since, reading->held ? PROCMAP_SNAPSHOT_TRYLOCK : 0);

	reading->deltas++;
	reading->overflows += r == -EOVERFLOW;
	if (r == -EAGAIN || r == -EBUSY)
		return CHANGED;
	if (r == 0)
		r = apply(d, reading, all);
	if (r)
		return r;
	*since = d->argument.seq_begin;
	return d->argument.seq_begin == d->argument.seq_end ? DONE : CHANGED;
}

/* Without the lock at first, and then in every other step. */
static bool holds(int i)
{
	return i >= LOCKLESS && (i - LOCKLESS) % 2 == 0;
}

/* What a route calls it. */
static int outcome_of(int r)
{
	if (r == -EOVERFLOW)
		return CHANGED;
	return r == -ENAMETOOLONG ? UNFIT : r;
}

int catch_up(struct reading *reading, uint64_t since, struct ranges *all)
{
	struct delta d = { 0 };
	int r = delta_room(&d, FEW_RECORDS, FEW_RANGES, FEW_NAMES);

	if (r == 0)
		r = CHANGED;
	for (int i = 0; r == CHANGED && i < STEPS; i++) {
		reading->held = holds(i);
		r = step(&d, reading, &since, all);
	}
	delta_free(&d);
	reading->sequence = since;
	return outcome_of(r);
}
