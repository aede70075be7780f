/* SPDX-License-Identifier: BSD-2-Clause */
#include "follow.h"

#include <errno.h>

static struct generation *latest_of(const struct member *member)
{
	return atomic_load(&member->latest);
}

void follow_tell(struct mapsnap_table *table, const struct member *member,
		 enum mapsnap_event_type type, uint64_t now)
{
	const struct generation *latest = latest_of(member);
	struct mapsnap_event event = {
		.time_ns = now,
		.start_time = atomic_load(&member->start_time),
		.revision = latest && latest->snapshot ? latest->revision : 0,
		.pid = member->pid,
		.error = atomic_load(&member->error),
		.type = type,
	};

	events_add(&table->events, &event);
}

static int make_notes(struct mapsnap_table *table, const struct member *member,
		      const struct mapsnap_diff *changes, struct notes *old, struct notes **notes)
{
	struct notes_asker asker = {
		.process = member->process,
		.source = table->read.sequence,
		.cache = table->cache,
	};

	*notes = NULL;
	return table->cache ? notes_make(&asker, changes, old, notes) : 0;
}

/* Takes over the generation, whatever happens, and gives it the next revision. */
static int put(struct mapsnap_table *table, struct member *member, struct generation *generation,
	       uint32_t changes, uint64_t now)
{
	int r;

	generation->changes = changes;
	generation->revision = table->revision + 1;
	r = store_publish(&table->store, member, generation, now);
	if (r == 0)
		table->revision++;
	return r;
}

/* Takes over the snapshot, `changes->after`, whatever happens. */
static int publish(struct mapsnap_table *table, struct member *member,
		   const struct mapsnap_diff *changes, struct notes *old, uint64_t now)
{
	struct mapsnap *snapshot = (struct mapsnap *)changes->after;
	struct generation *generation;
	struct notes *notes;
	int r = make_notes(table, member, changes, old, &notes);

	if (r) {
		mapsnap_unref(snapshot);
		return r;
	}
	generation = generation_new(snapshot, notes, 0);
	return generation ? put(table, member, generation, changes->flags, now) : -ENOMEM;
}

int follow_first(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	struct mapsnap_diff changes = { .before = table->empty, .flags = MAPSNAP_DIFF_RESYNC };
	struct mapsnap *snapshot;
	int r = mapsnap_read(member->process, &table->read, &snapshot);

	if (r)
		return r;
	changes.after = snapshot;
	return publish(table, member, &changes, NULL, now);
}

void follow_held(struct member *member, uint64_t until_ns)
{
	generation_held(latest_of(member), until_ns);
}

void follow_remove(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	follow_tell(table, member, MAPSNAP_EVENT_REMOVED, now);
	roster_remove(&table->roster, member);
	store_retire_member(&table->store, member);
}

/* In place of a snapshot: this is what readers are told now, and not what was before. */
static int publish_error(struct mapsnap_table *table, struct member *member, int error,
			 uint64_t now)
{
	struct generation *generation = generation_new(NULL, NULL, error);

	if (!generation)
		return -ENOMEM;
	generation->from_ns = now;
	return put(table, member, generation, MAPSNAP_DIFF_RESYNC, now);
}

/* What it became, by the type, can't be read. Rather than the program before nothing is shown. */
static enum follow unreadable(struct mapsnap_table *table, struct member *member,
			      enum mapsnap_event_type type, int error, uint64_t now)
{
	if (publish_error(table, member, error, now)) {
		follow_remove(table, member, now);
		return FOLLOW_REMOVED;
	}
	follow_tell(table, member, type, now);
	atomic_store(&member->error, error);
	follow_tell(table, member, MAPSNAP_EVENT_UNREADABLE, now);
	return FOLLOW_REPLACED;
}

static bool is_gone(int error)
{
	return error == -ESRCH || error == -ESTALE;
}

static enum follow ended(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	member_close(member);
	atomic_store(&member->ended_ns, now);
	follow_tell(table, member, MAPSNAP_EVENT_EXITED, now);
	return FOLLOW_ENDED;
}

/* Its first snapshot, and if that can't be had, why: the next program may be there already. */
static enum follow begin_program(struct mapsnap_table *table, struct member *member,
				 enum mapsnap_event_type type, uint64_t now)
{
	int r = follow_first(table, member, now);

	if (r == -ESRCH)
		return ended(table, member, now);
	if (r)
		return unreadable(table, member, type, r == -ESTALE ? -EAGAIN : r, now);
	follow_tell(table, member, type, now);
	return FOLLOW_REPLACED;
}

/* The same process with another program, or another process; the old one then has ended. */
static enum follow replaced(struct mapsnap_table *table, struct member *member,
			    struct mapsnap_process *process, uint64_t now)
{
	bool same = member_is(member, process);

	if (!same && !atomic_load(&member->ended_ns))
		ended(table, member, now);
	member_replace(member, process);
	return begin_program(table, member, same ? MAPSNAP_EVENT_EXEC : MAPSNAP_EVENT_REUSED, now);
}

/* What has the pid by now. `exec`: it is the same process, which may not be read any more. */
static enum follow open_next(struct mapsnap_table *table, struct member *member, bool exec,
			     uint64_t now)
{
	struct mapsnap_process *process;
	int r = member->followed ? mapsnap_open_pid(member->pid, &process) : -ESRCH;

	if (r == 0)
		return replaced(table, member, process, now);
	if (!exec || is_gone(r))
		return atomic_load(&member->ended_ns) ? FOLLOW_ABSENT : ended(table, member, now);
	member_replace_unread(member);
	return unreadable(table, member, MAPSNAP_EVENT_EXEC, r, now);
}

/* Whoever waits for a program to become readable opens it again. */
static enum follow try_again(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	struct mapsnap_process *process = NULL;
	int r = member->process ? 0 : mapsnap_open_pid(member->pid, &process);

	if (is_gone(r))
		return ended(table, member, now);
	if (r)
		return FOLLOW_ABSENT;
	if (process && !member_is(member, process))
		return replaced(table, member, process, now);
	if (process)
		member->process = process;
	r = follow_first(table, member, now);
	if (is_gone(r))
		return open_next(table, member, r == -ESTALE, now);
	if (r)
		return FOLLOW_ABSENT;
	atomic_store(&member->error, 0);
	follow_tell(table, member, MAPSNAP_EVENT_CHANGED, now);
	return FOLLOW_CHANGED;
}

static bool differ(struct mapsnap_diff changes)
{
	struct mapsnap_change change;

	return mapsnap_diff_next(&changes, &change);
}

/*
 * Whether there is anything to publish. What no sequence proves is read every time,
 * and what looks the same is then taken for the same.
 */
static bool is_news(const struct mapsnap_diff *changes)
{
	return changes->after != changes->before &&
	       (mapsnap_info(changes->after)->sequence || mapsnap_info(changes->before)->sequence ||
		differ(*changes));
}

static enum follow failed(struct member *member, int error)
{
	atomic_store(&member->error, error);
	return error == -EAGAIN ? FOLLOW_UNSETTLED : FOLLOW_FAILED;
}

static bool is_short_of_descriptors(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

static bool look_the_same(const struct mapsnap *before, const struct mapsnap *after)
{
	return !differ((struct mapsnap_diff){ .before = before, .after = after });
}

/* Takes over both. What it ran since it was closed nobody knows: this may be another program. */
static enum follow take_up(struct mapsnap_table *table, struct member *member,
			   struct mapsnap_process *process, struct mapsnap *fresh, uint64_t now)
{
	struct mapsnap_diff changes = { .before = table->empty,
					.after = fresh,
					.flags = MAPSNAP_DIFF_RESYNC };
	int r;

	member_replace(member, process);
	r = publish(table, member, &changes, NULL, now);
	if (r) {
		member_close(member);
		return failed(member, r);
	}
	follow_tell(table, member, MAPSNAP_EVENT_CHANGED, now);
	return FOLLOW_CHANGED;
}

/* It was closed meanwhile, so that no sequence proves anything. */
static enum follow read_anew(struct mapsnap_table *table, struct member *member,
			     struct mapsnap_process *process, uint64_t now)
{
	struct mapsnap *fresh;
	int r = mapsnap_read(process, &table->read, &fresh);

	if (r) {
		mapsnap_close(process);
		return is_gone(r) ? open_next(table, member, r == -ESTALE, now) : failed(member, r);
	}
	if (!member->parked || !look_the_same(latest_of(member)->snapshot, fresh))
		return take_up(table, member, process, fresh, now);
	mapsnap_unref(fresh);
	mapsnap_close(process);
	atomic_store(&member->error, 0);
	return FOLLOW_UNCHANGED;
}

static enum follow reopen(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	struct mapsnap_process *process;
	int r = mapsnap_open_pid(member->pid, &process);

	if (is_gone(r))
		return ended(table, member, now);
	if (is_short_of_descriptors(r))
		return failed(member, r);
	if (r) {
		member_replace_unread(member);
		return unreadable(table, member, MAPSNAP_EVENT_EXEC, r, now);
	}
	if (!member_is(member, process))
		return replaced(table, member, process, now);
	return read_anew(table, member, process, now);
}

static enum follow unchanged(struct member *member, const struct mapsnap_diff *changes,
			     uint64_t now)
{
	if (changes->after == changes->before && mapsnap_info(changes->after)->sequence)
		follow_held(member, now);
	mapsnap_unref((struct mapsnap *)changes->after);
	atomic_store(&member->error, 0);
	return FOLLOW_UNCHANGED;
}

static enum follow refresh(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	struct generation *latest = latest_of(member);
	struct mapsnap_diff changes;
	struct mapsnap *fresh;
	int r = mapsnap_changes(member->process, &table->read, latest->snapshot, &fresh, &changes);

	if (is_gone(r))
		return open_next(table, member, r == -ESTALE, now);
	if (r)
		return failed(member, r);
	if (!is_news(&changes))
		return unchanged(member, &changes, now);
	r = publish(table, member, &changes, latest->notes, now);
	if (r)
		return failed(member, r);
	atomic_store(&member->error, 0);
	follow_tell(table, member, MAPSNAP_EVENT_CHANGED, now);
	return FOLLOW_CHANGED;
}

static enum follow wait_for_another(struct mapsnap_table *table, struct member *member,
				    uint64_t now)
{
	if (now - atomic_load(&member->ended_ns) < table->store.keep_ns)
		return open_next(table, member, false, now);
	follow_remove(table, member, now);
	return FOLLOW_REMOVED;
}

enum follow follow_on(struct mapsnap_table *table, struct member *member, uint64_t now)
{
	enum follow r;

	if (atomic_load(&member->ended_ns))
		r = wait_for_another(table, member, now);
	else if (!latest_of(member)->snapshot)
		r = try_again(table, member, now);
	else if (!member->process)
		r = reopen(table, member, now);
	else
		r = refresh(table, member, now);
	if (r == FOLLOW_REMOVED)
		return r;
	if (member->parked)
		member_close(member);
	roster_expect(&table->roster, member);
	return r;
}
