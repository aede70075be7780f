/* SPDX-License-Identifier: BSD-2-Clause */
/* A round: one question about all, and a look at those that it does not settle. */
#include "clock.h"
#include "follow.h"

static int ask(struct mapsnap_table *table)
{
	struct roster *roster = &table->roster;
	size_t noted;

	if (!table->polls || roster->count == 0)
		return 0;
	return mapsnap_poll(table->read.sequence, roster->polls, roster->count, &noted);
}

/* The source says so, of a snapshot that it has proved. */
static bool is_settled(const struct mapsnap_table *table, const struct mapsnap_poll *poll)
{
	return table->polls && poll->maps_fd >= 0 && poll->result == 0;
}

static void count(struct mapsnap_table_round *round, enum follow what)
{
	round->changed += what == FOLLOW_CHANGED;
	round->replaced += what == FOLLOW_REPLACED;
	round->ended += what == FOLLOW_ENDED;
	round->unsettled += what == FOLLOW_UNSETTLED;
	round->failed += what == FOLLOW_FAILED;
}

/* The last first: one that is removed gives its place to one that was looked at. */
static void look(struct mapsnap_table *table, struct mapsnap_table_round *round)
{
	const struct roster *roster = &table->roster;

	for (size_t i = roster->count; i-- > 0;) {
		struct member *member = roster->members[i];
		const struct mapsnap_poll *poll = &roster->polls[i];

		round->asked += poll->maps_fd >= 0;
		if (is_settled(table, poll))
			follow_held(member, poll->proved_ns);
		else if (!member->parked)
			count(round, follow_on(table, member, now_ns()));
	}
}

/* What is kept of programs that ran before is kept for a time. */
static void expire(struct mapsnap_table *table, uint64_t now)
{
	const struct roster *roster = &table->roster;

	for (size_t i = 0; i < roster->count; i++)
		if (roster->members[i]->lingering)
			store_expire(&table->store, roster->members[i], now);
}

/* Those that the poll did not settle; how many they are. */
static size_t find_due(struct mapsnap_table *table, pid_t *due, size_t n)
{
	const struct roster *roster = &table->roster;
	size_t count = 0;

	for (size_t i = 0; i < roster->count; i++) {
		struct member *member = roster->members[i];
		const struct mapsnap_poll *poll = &roster->polls[i];

		if (is_settled(table, poll)) {
			follow_held(member, poll->proved_ns);
		} else if (!member->parked) {
			if (count < n)
				due[count] = member->pid;
			count++;
		}
	}
	return count;
}

int mapsnap_table_ask(struct mapsnap_table *table, pid_t *due, size_t n, size_t *count)
{
	int r = table_begin(table);

	if (r)
		return r;
	r = ask(table);
	if (r == 0) {
		*count = find_due(table, due, n);
		expire(table, now_ns());
	}
	timer_rewind(&table->timer);
	table_end(table);
	return r;
}

int mapsnap_table_refresh(struct mapsnap_table *table, struct mapsnap_table_round *round)
{
	struct mapsnap_table_round r = { .began_ns = now_ns() };
	int error = table_begin(table);

	if (error)
		return error;
	error = ask(table);
	if (error == 0) {
		look(table, &r);
		expire(table, now_ns());
	}
	timer_rewind(&table->timer);
	table_end(table);
	r.ended_ns = now_ns();
	if (round && error == 0)
		*round = r;
	return error;
}
