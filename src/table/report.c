/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table says of itself and of its members. */
#include <errno.h>

#include "table.h"

static void describe_latest(struct mapsnap_member *to, const struct generation *latest)
{
	const struct mapsnap_info *info = mapsnap_info(latest->snapshot);

	to->revision = latest->revision;
	to->sequence = info->sequence;
	to->consistency = info->consistency;
	to->mappings = mapsnap_count(latest->snapshot);
	to->proved_ns = generation_until(latest);
	if (to->proved_ns == 0 && info->sequence)
		to->proved_ns = info->begin_ns;
}

static enum mapsnap_state state_of(const struct member *member, const struct generation *latest)
{
	if (atomic_load(&member->ended_ns))
		return MAPSNAP_STATE_ENDED;
	return latest->snapshot ? MAPSNAP_STATE_ALIVE : MAPSNAP_STATE_UNREADABLE;
}

static void describe(struct mapsnap_member *to, const struct member *member,
		     const struct generation *latest)
{
	*to = (struct mapsnap_member){
		.program = latest->program,
		.start_time = atomic_load(&member->start_time),
		.state = state_of(member, latest),
		.error = atomic_load(&member->error),
	};
	if (latest->snapshot)
		describe_latest(to, latest);
	else if (to->state == MAPSNAP_STATE_UNREADABLE)
		to->error = latest->error; /* published before the member's own */
	for (const struct generation *g = latest; g; g = generation_older(g)) {
		to->memory += atomic_load(&g->memory);
		to->history += g != latest && g->snapshot;
	}
}

int mapsnap_table_member(const struct mapsnap_table *table, pid_t pid,
			 struct mapsnap_member *member)
{
	const struct generation *latest;
	const struct member *m;

	rcu_enter();
	m = roster_find(&table->roster, pid);
	latest = m ? rcu_read(&m->latest) : NULL;
	if (latest)
		describe(member, m, latest);
	rcu_leave();
	return latest ? 0 : -ESRCH;
}

size_t mapsnap_table_pids(const struct mapsnap_table *table, pid_t *pids, size_t n)
{
	struct cds_lfht *by_pid = table->roster.by_pid;
	struct cds_lfht_iter iterator;
	struct cds_lfht_node *node;
	size_t count = 0;

	rcu_enter();
	cds_lfht_first(by_pid, &iterator);
	for (; (node = cds_lfht_iter_get_node(&iterator)); cds_lfht_next(by_pid, &iterator)) {
		const struct member *member = caa_container_of(node, struct member, node);

		rcu_acquired(member);
		if (count < n)
			pids[count] = member->pid;
		count++;
	}
	rcu_leave();
	return count;
}

uint64_t mapsnap_table_memory(const struct mapsnap_table *table)
{
	return atomic_load_explicit(&table->store.memory, memory_order_relaxed);
}

size_t mapsnap_table_events(struct mapsnap_table *table, uint64_t *cursor,
			    struct mapsnap_event *events, size_t n)
{
	return events_read(&table->events, cursor, events, n);
}

static const char *const event_names[] = {
	[MAPSNAP_EVENT_ADDED] = "added",     [MAPSNAP_EVENT_CHANGED] = "changed",
	[MAPSNAP_EVENT_EXEC] = "exec",       [MAPSNAP_EVENT_EXITED] = "exited",
	[MAPSNAP_EVENT_REUSED] = "reused",   [MAPSNAP_EVENT_UNREADABLE] = "unreadable",
	[MAPSNAP_EVENT_REMOVED] = "removed", [MAPSNAP_EVENT_LOST] = "lost",
};

const char *mapsnap_event_name(uint32_t type)
{
	if (type >= sizeof(event_names) / sizeof(event_names[0]) || !event_names[type])
		return "unknown";
	return event_names[type];
}
