/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROCMAP_SNAPSHOT: everything in one call, as records with their names beside
 * them. It looks at the kernel's own sequence before the first record and after
 * the last, and tells exit and exec.
 */
#include "route.h"

#include <errno.h>
#include <string.h>

#include "catchup.h"
#include "records.h"

static struct procmap_snapshot argument(const struct reading *reading)
{
	struct procmap_snapshot a = records_asked(reading->want);
	struct builder *builder = reading->builder;
	size_t room;

	a.flags = (reading->locked ? PROCMAP_SNAPSHOT_LOCKED : 0) |
		  (reading->log ? PROCMAP_SNAPSHOT_LOG : 0);
	a.records = (uintptr_t)builder_records(builder, sizeof(struct procmap_record), &room);
	a.nr_records = room;
	if (want_names(reading->want)) {
		a.names = (uintptr_t)builder->buffer;
		a.names_size = builder->buffer_size;
	}
	return a;
}

/*
 * ENOTTY: this kernel has no such call. The others are what a seccomp filter or
 * a security module that does not know it says in its place.
 */
static bool absent(int r)
{
	return r == -ENOTTY || r == -EPERM || r == -EACCES || r == -ENOSYS || r == -EINVAL;
}

/* What it needs, it says; if that were there already, asking again would go on for ever. */
static int too_small(struct builder *builder, const struct procmap_snapshot *had,
		     const struct procmap_snapshot *needs)
{
	if (needs->nr_records <= had->nr_records && needs->names_size <= had->names_size)
		return -ENOBUFS;
	builder_ask(builder, needs->nr_records, needs->names_size);
	return FULL;
}

/* A kernel with the call need not have the log. */
static int ask(struct reading *reading, struct procmap_snapshot *a)
{
	int r = reading->kernel->ioctl(reading->maps_fd, PROCMAP_SNAPSHOT, a);

	if (r != -EINVAL || !reading->log)
		return r;
	reading->log = false;
	a->flags &= ~(uint64_t)PROCMAP_SNAPSHOT_LOG;
	return reading->kernel->ioctl(reading->maps_fd, PROCMAP_SNAPSHOT, a);
}

/* DONE, or what the failure means. ENAMETOOLONG: a name longer than PATH_MAX; the text has it. */
static int call(struct reading *reading, struct procmap_snapshot *a)
{
	const struct procmap_snapshot had = *a;
	int r = ask(reading, a);

	if (absent(r) || r == -ENAMETOOLONG)
		return UNFIT;
	if (r == -EAGAIN)
		return CHANGED;
	return r == -ENOBUFS ? too_small(reading->builder, &had, a) : r;
}

static bool moved(const struct procmap_snapshot *a)
{
	return a->seq_begin != a->seq_end || sequence_odd(a->seq_begin);
}

/*
 * A list that saw a change is no snapshot, but with a log of what changed since
 * its begin it can be made one.
 */
static int settle(struct reading *reading, const struct procmap_snapshot *a)
{
	int r = DONE;

	if (moved(a) && a->cookie)
		r = catch_up(reading, a->seq_begin, NULL);
	return r == DONE && reading_torn(reading) ? CHANGED : r;
}

static int read_snapshot(struct reading *reading)
{
	struct procmap_snapshot a = argument(reading);
	struct records records;
	int r = call(reading, &a);

	if (r)
		return r;
	if (moved(&a) && !a.cookie && !reading->accept_torn)
		return CHANGED;
	reading->sequence = a.seq_begin;
	if (a.cookie)
		reading->cookie = a.cookie;
	reading->builder->buffer_used = a.names_size;
	records = (struct records){
		.list = (const void *)(uintptr_t)a.records,
		.count = a.nr_records,
		.names = reading->builder->buffer,
		.names_size = a.names_size,
	};
	r = records_take(&records, reading->builder, &reading->line);
	return r ? r : settle(reading, &a);
}

const struct route route_snapshot = {
	.id = MAPSNAP_ROUTE_SNAPSHOT,
	.escaped = false,
	.proves_itself = true,
	.unfit = "PROCMAP_SNAPSHOT can't read it: this kernel does not have it or forbids it, or "
		 "a name is longer than PATH_MAX; use the text",
	.read = read_snapshot,
};

/* Asks for next to nothing. Any other answer than these comes from the call itself. */
bool route_snapshot_exists(const struct kernel *kernel, int maps_fd)
{
	struct procmap_snapshot a = { .size = sizeof(a), .end = 1 };

	return !absent(kernel->ioctl(maps_fd, PROCMAP_SNAPSHOT, &a));
}
