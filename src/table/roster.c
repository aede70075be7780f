/* SPDX-License-Identifier: BSD-2-Clause */
#include "roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FEWEST_BUCKETS 64

/* Without a thread of liburcu's own that would resize it: roster_reserve() does. */
int roster_init(struct roster *roster)
{
	*roster = (struct roster){ .buckets = FEWEST_BUCKETS };
	roster->by_pid =
		cds_lfht_new_flavor(FEWEST_BUCKETS, FEWEST_BUCKETS, 0, 0, &urcu_bp_flavor, NULL);
	return roster->by_pid ? 0 : -ENOMEM;
}

void roster_free(struct roster *roster)
{
	cds_lfht_destroy(roster->by_pid, NULL);
	free(roster->members);
	free(roster->polls);
}

static int enlarge_arrays(struct roster *roster)
{
	size_t room = roster->room ? 2 * roster->room : 16;
	void *members = realloc(roster->members, room * sizeof(*roster->members)), *polls;

	if (!members)
		return -ENOMEM;
	roster->members = members;
	polls = realloc(roster->polls, room * sizeof(*roster->polls));
	if (!polls)
		return -ENOMEM;
	roster->polls = polls;
	roster->room = room;
	return 0;
}

int roster_reserve(struct roster *roster)
{
	if (roster->count == roster->room && enlarge_arrays(roster))
		return -ENOMEM;
	if (roster->count >= roster->buckets) {
		roster->buckets *= 2;
		cds_lfht_resize(roster->by_pid, roster->buckets);
	}
	return 0;
}

/* Pids follow each other: no better spread is needed. */
static unsigned long hash(pid_t pid)
{
	return (unsigned long)pid;
}

static int has_pid(struct cds_lfht_node *node, const void *key)
{
	const struct member *member = caa_container_of(node, struct member, node);

	rcu_acquired(member);
	return member->pid == *(const pid_t *)key;
}

struct member *roster_find(const struct roster *roster, pid_t pid)
{
	struct cds_lfht_iter iterator;
	struct cds_lfht_node *node;

	cds_lfht_lookup(roster->by_pid, hash(pid), has_pid, &pid, &iterator);
	node = cds_lfht_iter_get_node(&iterator);
	return node ? caa_container_of(node, struct member, node) : NULL;
}

const struct generation *roster_latest(const struct roster *roster, pid_t pid)
{
	const struct member *member = roster_find(roster, pid);

	return member ? rcu_read(&member->latest) : NULL;
}

void roster_expect(struct roster *roster, const struct member *member)
{
	const struct generation *latest = atomic_load(&member->latest);
	const struct mapsnap_info *info =
		latest && latest->snapshot ? mapsnap_info(latest->snapshot) : NULL;

	/* What no sequence has proved counts as changed. */
	roster->polls[member->place] = (struct mapsnap_poll){
		.maps_fd = member->process ? mapsnap_maps_fd(member->process) : -1,
		.sequence = info ? info->sequence : 0,
		.proved_ns = info && info->sequence ? info->begin_ns : 0,
	};
}

void roster_add(struct roster *roster, struct member *member)
{
	member->place = roster->count++;
	roster->members[member->place] = member;
	roster_expect(roster, member);
	rcu_released(member);
	rcu_enter();
	cds_lfht_add(roster->by_pid, hash(member->pid), &member->node);
	rcu_leave();
}

void roster_remove(struct roster *roster, struct member *member)
{
	size_t last = --roster->count;

	rcu_enter();
	cds_lfht_del(roster->by_pid, &member->node);
	rcu_leave();
	roster->members[member->place] = roster->members[last];
	roster->polls[member->place] = roster->polls[last];
	roster->members[member->place]->place = member->place;
}
