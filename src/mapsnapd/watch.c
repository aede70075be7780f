/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "news.h"
#include "task.h"
#include "trouble.h"

/* So many are kept for who follows what changes. */
#define EVENTS 16384

static int make_table(struct watch *watch)
{
	const struct watch_options *options = &watch->options;
	struct mapsnap_options read = {
		.size = sizeof(read),
		.sequence = options->sequence,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_table_options table = {
		.size = sizeof(table),
		.read = &read,
		.keep_ns = options->keep_ns,
		.memory = options->memory,
		.history = 1,
		.events = EVENTS,
		.flags = MAPSNAP_TABLE_NO_BUILD_IDS,
	};

	return mapsnap_table_new(&table, &watch->table);
}

static bool source_tells(const struct mapsnap_sequence *source)
{
	return (source ? source->source : mapsnap_kernel_source()) != MAPSNAP_SOURCE_NONE;
}

static void publish_terms(struct watch *watch)
{
	const struct watch_terms *terms = &watch->options.terms;

	atomic_store(&watch->in_force.least_ns, terms->bounds.least_ns);
	atomic_store(&watch->in_force.most_ns, terms->bounds.most_ns);
	atomic_store(&watch->in_force.share, terms->share);
}

int watch_init(struct watch *watch, const struct watch_options *options)
{
	*watch = (struct watch){ .options = *options, .tells = source_tells(options->sequence) };
	publish_terms(watch);
	roll_init(&watch->roll);
	lookout_init(&watch->lookout, &options->terms.whom);
	watch->budget = budget_new(options->terms.share, now_ns(), spent_ns());
	return make_table(watch);
}

void watch_free(struct watch *watch)
{
	mapsnap_table_free(watch->table);
	lookout_free(&watch->lookout);
	roll_free(&watch->roll);
	free(watch->due);
	free(watch->tasks);
}

void watch_change(struct watch *watch, const struct watch_terms *terms)
{
	watch->options.terms = *terms;
	publish_terms(watch);
	watch->budget.share = terms->share;
	lookout_change(&watch->lookout, &terms->whom);
}

/* ---- who is to be looked at */

static size_t count_all(const struct roll *roll)
{
	size_t count = 0;

	for (size_t state = 0; state <= SUBJECT_REFUSED; state++)
		count += roll->counts[state];
	return count;
}

/* For all on the roll. */
static int make_room(struct watch *watch)
{
	size_t room = 2 * count_all(&watch->roll) + 16;

	if (count_all(&watch->roll) <= watch->room)
		return 0;
	/* What was in them is of the round before. */
	free(watch->due);
	free(watch->tasks);
	watch->due = calloc(room, sizeof(*watch->due));
	watch->tasks = calloc(room, sizeof(*watch->tasks));
	watch->room = watch->due && watch->tasks ? room : 0;
	return watch->room ? 0 : -ENOMEM;
}

static void add_task(struct watch *watch, pid_t pid, bool told, uint64_t since_ns)
{
	watch->tasks[watch->task_count++] = (struct task){ pid, told, since_ns };
}

/* The source tells, or would where it could, that this one may have changed. */
static void add_due(struct watch *watch, struct subject *subject, uint64_t now)
{
	bool told = watch->tells && subject->state == SUBJECT_HELD;
	uint64_t next = pace_next(&subject->pace, &watch->options.terms.bounds);

	if (told)
		pace_notice(&subject->pace, now);
	if (subject->state == SUBJECT_ENDED || next <= now)
		add_task(watch, subject->pid, told, told ? subject->pace.noticed_ns : next);
	else if (told)
		tally_add(&watch->tally.put_off, 1);
}

/* Of these the table can't say anything. */
static void add_others(struct subject *subject, void *context)
{
	struct watch *watch = context;

	if (subject->state == SUBJECT_NEW)
		add_task(watch, subject->pid, false, subject->found_ns);
	else if ((subject->state == SUBJECT_PARKED || subject->state == SUBJECT_REFUSED) &&
		 pace_next(&subject->pace, &watch->options.terms.bounds) <= watch->began_ns)
		add_task(watch, subject->pid, false,
			 pace_next(&subject->pace, &watch->options.terms.bounds));
}

static int ask(struct watch *watch)
{
	size_t asked = watch->roll.counts[SUBJECT_HELD];
	int r = mapsnap_table_ask(watch->table, watch->due, watch->room, &watch->due_count);

	if (r)
		return r;
	if (watch->due_count > watch->room)
		watch->due_count = watch->room;
	tally_add(&watch->tally.asked, asked);
	return 0;
}

static void plan(struct watch *watch, uint64_t now)
{
	size_t told = 0;

	watch->task_count = 0;
	for (size_t i = 0; i < watch->due_count; i++) {
		struct subject *subject = roll_find(&watch->roll, watch->due[i]);

		if (!subject || subject->state == SUBJECT_REFUSED)
			continue;
		told += subject->state == SUBJECT_HELD;
		add_due(watch, subject, now);
	}
	if (watch->tells && watch->roll.counts[SUBJECT_HELD] > told)
		tally_add(&watch->tally.avoided, watch->roll.counts[SUBJECT_HELD] - told);
	roll_walk(&watch->roll, add_others, watch);
	tasks_sort(watch->tasks, watch->task_count);
}

/* ---- to look at one */

static uint64_t revision_of(const struct watch *watch, pid_t pid)
{
	struct mapsnap_member member;

	return mapsnap_table_member(watch->table, pid, &member) ? 0 : member.revision;
}

static bool is_full(const struct watch *watch)
{
	return watch->roll.counts[SUBJECT_HELD] >= watch->options.hold;
}

/* One that was parked stays open where there is room for it by now. */
static int read_one(struct watch *watch, struct subject *subject)
{
	if (subject->state != SUBJECT_PARKED || is_full(watch))
		return mapsnap_table_add(watch->table, subject->pid);
	roll_change_state(&watch->roll, subject, SUBJECT_HELD);
	return mapsnap_table_park(watch->table, subject->pid, 0);
}

static void park(struct watch *watch, struct subject *subject)
{
	if (mapsnap_table_park(watch->table, subject->pid, 1) == 0)
		roll_change_state(&watch->roll, subject, SUBJECT_PARKED);
	trouble(TROUBLE_DESCRIPTORS,
		"there are descriptors for %zu processes only: others are looked at in turns; "
		"raise LimitNOFILE=",
		watch->options.hold);
}

static bool is_refusal(int error)
{
	return error == -EACCES || error == -EPERM;
}

static void refuse(struct watch *watch, struct subject *subject, int error)
{
	if (subject->state == SUBJECT_NEW)
		roll_change_state(&watch->roll, subject, SUBJECT_REFUSED);
	if (error == -ENOSPC)
		trouble(TROUBLE_MEMORY, "some processes are not watched, or not up to date: their "
					"snapshots have no room; raise the option memory");
	else if (error == -EMFILE || error == -ENFILE)
		trouble(TROUBLE_DESCRIPTORS, "out of descriptors: raise LimitNOFILE=");
	else if (error != -EAGAIN)
		trouble(TROUBLE_REFUSED, "some processes cannot be read: %s%s", strerror(-error),
			is_refusal(error) ? ": it takes CAP_SYS_PTRACE, and a security module may "
					    "forbid it nevertheless"
					  : "");
}

static void note_failure(struct watch *watch, pid_t pid, int error)
{
	struct subject *subject = roll_find(&watch->roll, pid);

	tally_add(error == -EAGAIN ? &watch->tally.unsettled : &watch->tally.failed,
		  error != -ESRCH);
	if (error != -ESRCH && !is_refusal(error))
		watch->error = error;
	if (!subject)
		return;
	if (error != -ESRCH)
		refuse(watch, subject, error);
	else if (subject->state == SUBJECT_NEW || subject->state == SUBJECT_REFUSED)
		news_drop(pid, watch);
}

static void set_pace(struct watch *watch, const struct task *task, bool changed, uint64_t took_ns)
{
	struct subject *subject = roll_find(&watch->roll, task->pid);
	const struct watch_terms *terms = &watch->options.terms;

	if (!subject)
		return;
	if (task->told)
		pace_told(&subject->pace, &terms->bounds, took_ns, terms->share, now_ns());
	else
		pace_found(&subject->pace, &terms->bounds, changed, took_ns, terms->share,
			   now_ns());
	if (subject->state == SUBJECT_HELD &&
	    watch->roll.counts[SUBJECT_HELD] > watch->options.hold)
		park(watch, subject);
}

/* It had changed, and was read, or could not be. */
static void count_stale(struct watch *watch, const struct task *task, int error)
{
	struct subject *subject = roll_find(&watch->roll, task->pid);

	if (error == 0)
		histogram_add(&watch->tally.staleness, now_ns() - task->since_ns);
	else if (subject)
		subject->pace.noticed_ns = task->since_ns;
}

static void look_at(struct watch *watch, const struct task *task)
{
	struct subject *subject = roll_find(&watch->roll, task->pid);
	uint64_t spent = watch->budget.spent_ns, revision;
	int r;

	if (!subject)
		return;
	revision = revision_of(watch, task->pid);
	r = read_one(watch, subject);
	news_take(watch, now_ns());
	if (r)
		note_failure(watch, task->pid, r);
	budget_update(&watch->budget, now_ns(), spent_ns());
	set_pace(watch, task, revision_of(watch, task->pid) != revision,
		 watch->budget.spent_ns - spent);
	if (task->told)
		count_stale(watch, task, r);
}

/* ---- a round */

static size_t work(struct watch *watch)
{
	size_t done = 0;

	while (done < watch->task_count && budget_is_left(&watch->budget))
		look_at(watch, &watch->tasks[done++]);
	tally_add(&watch->tally.put_off, watch->task_count - done);
	return done;
}

struct waiting {
	uint64_t count, since_ns;
};

static void count_waiting(struct subject *subject, void *context)
{
	struct waiting *waiting = context;

	if (subject->state != SUBJECT_HELD || !subject->pace.noticed_ns)
		return;
	waiting->count++;
	if (subject->pace.noticed_ns < waiting->since_ns)
		waiting->since_ns = subject->pace.noticed_ns;
}

static void account(struct watch *watch, uint64_t began)
{
	uint64_t now = now_ns();
	struct waiting waiting = { .since_ns = now };

	roll_walk(&watch->roll, count_waiting, &waiting);
	atomic_store(&watch->tally.stale, waiting.count);
	atomic_store(&watch->tally.stalest_ns, now - waiting.since_ns);
	budget_update(&watch->budget, now, spent_ns());
	atomic_store(&watch->tally.spent_ns, watch->budget.spent_ns);
	tally_add(&watch->tally.rounds, 1);
	histogram_add(&watch->tally.round, now - began);
	atomic_store(&watch->tally.last_ns, now);
}

static int do_round(struct watch *watch, uint64_t now)
{
	int r = lookout_search(&watch->lookout, &watch->roll, news_drop, watch, now);

	watch->error = r;
	if (r)
		trouble(TROUBLE_SEARCH, "cannot look for processes: %s", strerror(-r));
	r = make_room(watch);
	if (r == 0)
		r = ask(watch);
	if (r)
		return r;
	plan(watch, now);
	work(watch);
	return 0;
}

/* Not before there is something to spend again, but so that it is seen to be alive. */
static uint64_t next_round(const struct watch *watch, uint64_t began)
{
	const struct pace_bounds *bounds = &watch->options.terms.bounds;
	uint64_t regular = began + bounds->least_ns, most = began + bounds->most_ns;
	uint64_t affordable = now_ns() + budget_wait(&watch->budget);

	if (affordable > most)
		affordable = most;
	return affordable > regular ? affordable : regular;
}

uint64_t watch_round(struct watch *watch)
{
	uint64_t began = now_ns();
	int r;

	watch->began_ns = began;
	budget_update(&watch->budget, began, spent_ns());
	news_take(watch, began);
	r = do_round(watch, began);
	if (r) {
		watch->error = r;
		trouble(TROUBLE_ROUND, "cannot ask what has changed: %s", strerror(-r));
	}
	account(watch, began);
	return next_round(watch, began);
}
