/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_writers.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "timing.h"

#define BETWEEN_ROUNDS 500000u  /* ns */
#define BETWEEN_LOOKS  1000000u /* ns */

/* Until what need not be kept has to be given up, four for each time that it is kept. */
#define ROUNDS 12

/* Of those that stood all the time nothing before the round may be answered any more. */
static void raise_floors(struct table_cast *cast, const struct cast_look *before)
{
	for (size_t i = 0; i < cast->count; i++)
		if (before[i].moment.number % 2 == 0 &&
		    cast_look(&cast->parts[i]).moment.number == before[i].moment.number)
			cast_raise_floor(&cast->parts[i], &before[i].moment);
}

static void refresh(struct table_writer *writer)
{
	struct table_cast *cast = &writer->run->cast;
	struct cast_look before[CAST_MOST_PARTS];
	struct mapsnap_table_round round;
	int r;

	for (size_t i = 0; i < cast->count; i++)
		before[i] = cast_look(&cast->parts[i]);
	r = mapsnap_table_refresh(writer->run->table, &round);
	if (r) {
		table_wrong(&writer->tally, "a round: %s", strerror(-r));
		return;
	}
	writer->tally.rounds++;
	writer->tally.changed += round.changed;
	writer->tally.unsettled += round.unsettled + round.failed;
	if (round.unsettled + round.failed)
		return;
	writer->tally.settled++;
	raise_floors(cast, before);
}

void *table_refresher_run(void *argument)
{
	struct table_writer *writer = argument;

	while (!atomic_load(&writer->run->over)) {
		refresh(writer);
		timing_sleep(BETWEEN_ROUNDS);
	}
	return NULL;
}

static void remember(struct table_writer *writer, pid_t pid, const struct cast_part *part)
{
	for (size_t i = 0; i < writer->count; i++)
		if (writer->pids[i].pid == pid)
			return;
	if (writer->count < TABLE_MOST_PIDS)
		writer->pids[writer->count++] = (struct table_pid){ .pid = pid, .part = part };
}

/* It may end, call exec, or change too much, all the while. */
static void add(struct table_writer *writer, const struct cast_part *part)
{
	struct cast_look look = cast_look(part);
	int r;

	if (look.moment.number < 2)
		return;
	r = mapsnap_table_add(writer->run->table, look.pid);
	if (r == 0) {
		writer->tally.added++;
		remember(writer, look.pid, part);
	} else if (r != -ESRCH && r != -ESTALE && r != -EAGAIN) {
		table_wrong(&writer->tally, "adding %s: %s", cast_mode(&writer->run->cast, part),
			    strerror(-r));
	}
}

static void take_out(struct table_writer *writer, struct cast_part *part)
{
	int r;

	atomic_fetch_add(&part->outs, 1 + atomic_load(&part->outs) % 2);
	r = mapsnap_table_remove(writer->run->table, cast_look(part).pid);

	writer->tally.removed += r == 0;
	if (r && r != -ESRCH)
		table_wrong(&writer->tally, "removing %s: %s", cast_mode(&writer->run->cast, part),
			    strerror(-r));
}

static void put_down_as_in(struct cast_part *part)
{
	if (atomic_load(&part->outs) % 2)
		atomic_fetch_add(&part->outs, 1);
}

static bool is_in(const struct table_run *run, const struct cast_part *part)
{
	struct mapsnap_member member;

	return mapsnap_table_member(run->table, cast_look(part).pid, &member) == 0;
}

void *table_manager_run(void *argument)
{
	struct table_writer *writer = argument;
	struct table_cast *cast = &writer->run->cast;

	for (size_t turn = 0; !atomic_load(&writer->run->over); turn++) {
		for (size_t i = 0; i < cast->count; i++) {
			if (i == turn / 2 % cast->count && turn % 2)
				take_out(writer, &cast->parts[i]);
			if (!is_in(writer->run, &cast->parts[i]))
				add(writer, &cast->parts[i]);
			if (is_in(writer->run, &cast->parts[i]))
				put_down_as_in(&cast->parts[i]);
		}
		timing_sleep(BETWEEN_LOOKS);
	}
	return NULL;
}

/* Who forks goes first: what has ended is not waited for then, and keeps its pid. */
static void stop_all(const struct table_cast *cast)
{
	for (size_t i = 0; i < cast->targets_count; i++)
		kill(cast->targets[i].pid, SIGSTOP);
	for (size_t i = 0; i < cast->count; i++)
		if (cast->parts[i].invariant->shift)
			kill(cast_look(&cast->parts[i]).pid, SIGSTOP);
}

/* What is wrong with it; NULL: nothing. */
static const char *kept_too_long(const struct table_run *run, const struct table_pid *pid)
{
	struct mapsnap_member member;

	if (mapsnap_table_member(run->table, pid->pid, &member))
		return NULL;
	if (member.state == MAPSNAP_STATE_ENDED)
		return "what has ended";
	return member.history > TABLE_HISTORY ? "what ran before, or too much" : NULL;
}

static size_t count_kept(const struct table_writer *manager, struct table_tally *tally)
{
	size_t kept = 0;

	for (size_t i = 0; i < manager->count; i++) {
		const struct table_pid *pid = &manager->pids[i];
		const char *what = kept_too_long(manager->run, pid);

		kept += what != NULL;
		if (what && tally)
			table_wrong(tally, "%s: %s is kept for longer than it should be",
				    cast_mode(&manager->run->cast, pid->part), what);
	}
	return kept;
}

/* Programs enough come and go, while none is taken out of the table. */
static void let_go_on(const struct table_run *run)
{
	for (unsigned int i = 0; i < 2 * ROUNDS; i++) {
		mapsnap_table_refresh(run->table, NULL);
		timing_sleep(TABLE_KEEP_NS / 8);
	}
}

/* The last may take a while to stop, or to end. */
void table_check_expiry(struct table_writer *manager)
{
	let_go_on(manager->run);
	stop_all(&manager->run->cast);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		mapsnap_table_refresh(manager->run->table, NULL);
		if (count_kept(manager, NULL) == 0)
			return;
		timing_sleep(TABLE_KEEP_NS / 4);
	}
	count_kept(manager, &manager->tally);
}
