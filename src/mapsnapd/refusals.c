/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusals.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

void refusals_init(struct refusals *refusals)
{
	memset(refusals, 0, sizeof(*refusals));
	pthread_mutex_init(&refusals->mutex, NULL);
}

void refusals_free(struct refusals *refusals)
{
	pthread_mutex_destroy(&refusals->mutex);
}

/* The end of splitmix64. */
static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) + UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

struct refusal_case refusal_case_by(const struct peer *peer)
{
	uint64_t groups = peer->group_count;

	for (size_t i = 0; i < peer->group_count; i++)
		groups = mix(groups, peer->groups[i]);
	return (struct refusal_case){ .uid = peer->uid, .gid = peer->gid, .groups = groups };
}

struct refusal_case refusal_case_of(struct refusal_case by, pid_t pid,
				    const struct mapsnap_member *member)
{
	by.start_time = member->start_time;
	by.pid = pid;
	by.program = member->program;
	return by;
}

static struct refusal *row_of(struct refusals *refusals, const struct refusal_case *of)
{
	uint64_t hash = mix(mix(of->groups, of->uid), of->gid);

	hash = mix(mix(mix(hash, (uint64_t)of->pid), of->start_time), of->program);
	return refusals->rows[hash % REFUSALS_ROWS];
}

static bool is_of(const struct refusal *refusal, const struct refusal_case *of)
{
	const struct refusal_case *that = &refusal->of;

	return that->uid == of->uid && that->gid == of->gid && that->groups == of->groups &&
	       that->pid == of->pid && that->start_time == of->start_time &&
	       that->program == of->program;
}

static bool holds(const struct refusal *refusal, uint64_t now)
{
	return refusal->verdict && now - refusal->said_ns < REFUSALS_KEPT_NS;
}

int refusals_find(struct refusals *refusals, const struct refusal_case *of, uint64_t now)
{
	const struct refusal *row = row_of(refusals, of);
	int verdict = 0;

	pthread_mutex_lock(&refusals->mutex);
	for (int i = 0; i < REFUSALS_ROW; i++)
		if (is_of(&row[i], of) && holds(&row[i], now))
			verdict = row[i].verdict;
	pthread_mutex_unlock(&refusals->mutex);
	return verdict;
}

/* Where it is already, or in place of what was said longest ago. */
static struct refusal *place_in(struct refusal *row, const struct refusal_case *of)
{
	struct refusal *oldest = row;

	for (int i = 0; i < REFUSALS_ROW; i++) {
		if (is_of(&row[i], of))
			return &row[i];
		if (row[i].said_ns < oldest->said_ns)
			oldest = &row[i];
	}
	return oldest;
}

void refusals_note(struct refusals *refusals, const struct refusal_case *of, int verdict,
		   uint64_t now)
{
	if (verdict != -EACCES && verdict != -EPERM && verdict != -ESRCH)
		return;
	pthread_mutex_lock(&refusals->mutex);
	*place_in(row_of(refusals, of), of) =
		(struct refusal){ .of = *of, .verdict = verdict, .said_ns = now };
	pthread_mutex_unlock(&refusals->mutex);
}
