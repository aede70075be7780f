/* SPDX-License-Identifier: BSD-2-Clause */
/* The public calls of writers. */
#include "table.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "follow.h"
#include "fork.h"
#include "sized_copy.h"

/* Where the kernel does not tell build-ids, so many files are kept open. */
#define OPEN_FILES 64

#define KNOWN_FLAGS MAPSNAP_TABLE_NO_BUILD_IDS

/* Otherwise it has to be looked at each. */
static bool source_tells(const struct mapsnap_sequence *source)
{
	if (!source)
		return mapsnap_kernel_source() != MAPSNAP_SOURCE_NONE;
	return source->source != MAPSNAP_SOURCE_NONE && source->flags & MAPSNAP_SEQUENCE_TELLS_EXEC;
}

static int set_options(struct mapsnap_table *table, const struct mapsnap_table_options *options)
{
	struct mapsnap_table_options o;
	int r = sized_copy(&o, sizeof(o), options);

	if (r == 0 && o.flags & ~KNOWN_FLAGS)
		r = -EINVAL;
	if (r == 0)
		r = sized_copy(&table->read, sizeof(table->read), o.read);
	if (r)
		return r;
	table->store.keep_ns = o.keep_ns ? o.keep_ns : 10 * SECOND;
	table->store.limit = o.memory;
	table->store.history = o.history;
	table->processes = o.processes;
	table->polls = source_tells(table->read.sequence);
	if (!(o.flags & MAPSNAP_TABLE_NO_BUILD_IDS)) {
		table->cache = build_id_cache_new(OPEN_FILES);
		if (!table->cache)
			return -ENOMEM;
	}
	return events_init(&table->events, o.events ? o.events : 1024);
}

/* Never that of a table before: those began with an earlier time, and took longer for each. */
static int fill_in(struct mapsnap_table *table)
{
	int r = mapsnap_parse("", 0, &table->empty, NULL);

	if (r)
		return r;
	r = roster_init(&table->roster);
	if (r)
		return r;
	timer_init(&table->timer);
	pthread_mutex_init(&table->writer, NULL);
	table->revision = now_ns();
	r = fork_watch(table);
	if (r)
		roster_free(&table->roster);
	return r;
}

int mapsnap_table_new(const struct mapsnap_table_options *options, struct mapsnap_table **table)
{
	struct mapsnap_table *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	r = set_options(t, options);
	if (r == 0) {
		r = fill_in(t);
		if (r)
			events_free(&t->events);
	}
	if (r) {
		mapsnap_unref(t->empty);
		build_id_cache_free(t->cache);
		free(t);
		return r;
	}
	*table = t;
	return 0;
}

void mapsnap_table_free(struct mapsnap_table *table)
{
	struct roster *roster;

	if (!table)
		return;
	fork_forget(table);
	roster = &table->roster;
	while (roster->count)
		follow_remove(table, roster->members[roster->count - 1], 0);
	store_free_retired(&table->store);
	roster_free(roster);
	events_free(&table->events);
	timer_free(&table->timer);
	build_id_cache_free(table->cache);
	mapsnap_unref(table->empty);
	pthread_mutex_destroy(&table->writer);
	free(table);
}

int table_begin(struct mapsnap_table *table)
{
	if (urcu_bp_read_ongoing())
		return -EDEADLK;
	pthread_mutex_lock(&table->writer);
	return 0;
}

void table_end(struct mapsnap_table *table)
{
	store_free_retired(&table->store);
	pthread_mutex_unlock(&table->writer);
}

/* Members are not freed while a writer is at work. */
static struct member *find(const struct mapsnap_table *table, pid_t pid)
{
	struct member *member;

	rcu_enter();
	member = roster_find(&table->roster, pid);
	rcu_leave();
	return member;
}

/* What a look at it says of it, as the calls return it. */
static int look_at(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	switch (follow_on(table, member, now)) {
	case FOLLOW_UNCHANGED:
	case FOLLOW_CHANGED:
		return 0;
	case FOLLOW_ENDED:
	case FOLLOW_REMOVED:
		return -ESRCH;
	default:
		return atomic_load(&member->ended_ns) ? -ESRCH : atomic_load(&member->error);
	}
}

static int add_process(struct mapsnap_table *table, pid_t pid, struct mapsnap_process *process)
{
	uint64_t now = now_ns();
	struct member *member;
	int r = roster_reserve(&table->roster);

	if (r)
		return r;
	member = member_new(pid, process);
	if (!member)
		return -ENOMEM;
	r = follow_first(table, member, now);
	if (r) {
		member->process = NULL; /* it is the caller's still */
		store_retire_member(&table->store, member);
		return r;
	}
	roster_add(&table->roster, member);
	follow_tell(table, member, MAPSNAP_EVENT_ADDED, now);
	return 0;
}

static bool is_full(const struct mapsnap_table *table)
{
	return table->processes && table->roster.count >= table->processes;
}

static int add_pid(struct mapsnap_table *table, pid_t pid)
{
	struct mapsnap_process *process;
	int r;

	if (is_full(table))
		return -ENOSPC;
	r = mapsnap_open_pid(pid, &process);
	if (r)
		return r;
	r = add_process(table, pid, process);
	if (r)
		mapsnap_close(process);
	return r;
}

int mapsnap_table_add(struct mapsnap_table *table, pid_t pid)
{
	struct member *member;
	int r = table_begin(table);

	if (r)
		return r;
	member = find(table, pid);
	r = member ? look_at(table, member, now_ns()) : add_pid(table, pid);
	table_end(table);
	return r;
}

int mapsnap_table_add_process(struct mapsnap_table *table, pid_t pid,
			      struct mapsnap_process *process)
{
	int r = table_begin(table);

	if (r)
		return r;
	if (find(table, pid))
		r = -EEXIST;
	else if (is_full(table))
		r = -ENOSPC;
	else
		r = add_process(table, pid, process);
	table_end(table);
	return r;
}

int mapsnap_table_remove(struct mapsnap_table *table, pid_t pid)
{
	struct member *member;
	int r = table_begin(table);

	if (r)
		return r;
	member = find(table, pid);
	if (member)
		follow_remove(table, member, now_ns());
	table_end(table);
	return member ? 0 : -ESRCH;
}

int mapsnap_table_refresh_pid(struct mapsnap_table *table, pid_t pid)
{
	struct member *member;
	int r = table_begin(table);

	if (r)
		return r;
	member = find(table, pid);
	r = member ? look_at(table, member, now_ns()) : -ESRCH;
	table_end(table);
	return r;
}

static int park(struct mapsnap_table *table, struct member *member, bool parked)
{
	bool before = member->parked;

	if (!member->followed)
		return -EINVAL;
	member->parked = parked;
	if (before && !parked)
		return look_at(table, member, now_ns());
	if (parked)
		member_close(member);
	roster_expect(&table->roster, member);
	return 0;
}

int mapsnap_table_park(struct mapsnap_table *table, pid_t pid, int parked)
{
	struct member *member;
	int r = table_begin(table);

	if (r)
		return r;
	member = find(table, pid);
	r = member ? park(table, member, parked) : -ESRCH;
	table_end(table);
	return r;
}

int mapsnap_table_fd(struct mapsnap_table *table, uint64_t interval_ns)
{
	int r = table_begin(table);

	if (r)
		return r;
	r = timer_ask(&table->timer, interval_ns);
	table_end(table);
	return r;
}
