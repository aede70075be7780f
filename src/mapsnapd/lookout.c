/* SPDX-License-Identifier: BSD-2-Clause */
#include "lookout.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "processes.h"

/* What a process is called, and whose it is, may change without notice. */
#define LOOK_AGAIN_NS (30 * SECOND)

/* A process that is young may be about to become what it was started for. */
#define YOUNG_NS (5 * SECOND)

void lookout_init(struct lookout *lookout, const struct lookout_options *options)
{
	*lookout = (struct lookout){ .options = *options };
	lookout->last_pid = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
}

void lookout_free(struct lookout *lookout)
{
	if (lookout->last_pid >= 0)
		close(lookout->last_pid);
	pids_free(&lookout->listed);
	free(lookout->strangers);
}

void lookout_change(struct lookout *lookout, const struct lookout_options *options)
{
	lookout->options = *options;
	lookout->last_ns = 0;
}

/*
 * Its last field is the last pid that was given to anyone. Of 10,000 processes a list costs
 * some ms; that none is new is seen for some us.
 */
static bool anybody_is_new(struct lookout *lookout)
{
	char text[sizeof(lookout->before)] = "";
	const char *last;

	if (lookout->last_pid < 0 || pread(lookout->last_pid, text, sizeof(text) - 1, 0) <= 0)
		return true;
	last = strrchr(text, ' ');
	if (!last || strcmp(last, lookout->before) == 0)
		return !last;
	memcpy(lookout->before, last, strlen(last) + 1);
	return true;
}

static int compare_strangers(const void *a, const void *b)
{
	const struct stranger *one = a, *other = b;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

static const struct stranger *find_stranger(const struct lookout *lookout, pid_t pid)
{
	const struct stranger key = { .pid = pid };

	if (!lookout->stranger_count)
		return NULL;
	return bsearch(&key, lookout->strangers, lookout->stranger_count, sizeof(key),
		       compare_strangers);
}

static bool is_young(const struct stranger *stranger, uint64_t now)
{
	return now - stranger->since_ns < YOUNG_NS;
}

/* Who is there, of all or of those that were named. */
static int list(struct lookout *lookout)
{
	const struct lookout_options *options = &lookout->options;
	int r = 0;

	if (options->pid_count == 0)
		return pids_list(&lookout->listed);
	lookout->listed.count = 0;
	for (size_t i = 0; i < options->pid_count && r == 0; i++)
		r = pids_add(&lookout->listed, options->pids[i]);
	return r;
}

/*
 * Leaves in the list those who are to be looked at, and takes for strangers all that are not
 * on the roll. Who has been one for longer is looked at only with all.
 */
static int choose(struct lookout *lookout, const struct roll *roll, bool all, uint64_t now)
{
	struct pids *listed = &lookout->listed;
	struct stranger *strangers = calloc(listed->count + 1, sizeof(*strangers));
	size_t chosen = 0, count = 0;

	if (!strangers)
		return -ENOMEM;
	for (size_t i = 0; i < listed->count; i++) {
		pid_t pid = listed->list[i];
		const struct stranger *known = find_stranger(lookout, pid);
		bool on_roll = roll_find(roll, pid);

		if (all || (!on_roll && (!known || is_young(known, now))))
			listed->list[chosen++] = pid;
		if (!on_roll)
			strangers[count++] =
				(struct stranger){ pid, known ? known->since_ns : now };
	}
	free(lookout->strangers);
	lookout->strangers = strangers;
	lookout->stranger_count = count;
	listed->count = chosen;
	return 0;
}

static const char *group_of(const struct lookout *lookout, const struct process *process)
{
	return lookout->options.grouping == GROUP_BY_NAME ? process->command : process->cgroup;
}

static struct subject *add(struct roll *roll, pid_t pid, const char *group, uint64_t now)
{
	struct subject *subject = roll_add(roll, pid, group);

	if (subject)
		subject->found_ns = now;
	return subject;
}

/* It matches; it may be on the roll already. */
static int take(const struct lookout *lookout, struct roll *roll, const struct process *process,
		uint64_t now)
{
	const char *group = group_of(lookout, process);
	struct subject *subject;

	roll_lock(roll);
	subject = roll_find(roll, process->pid);
	if (subject)
		roll_set_group(roll, subject, group);
	else
		subject = add(roll, process->pid, group, now);
	if (subject)
		subject->matched_ns = now;
	roll_unlock(roll);
	return subject ? 0 : -ENOMEM;
}

static int take_matching(const struct lookout *lookout, struct roll *roll, uint64_t now)
{
	struct processes found = { 0 };
	int r = processes_select(&found, lookout->listed.list, lookout->listed.count,
				 lookout->options.criteria);

	for (size_t i = 0; r == 0 && i < found.count; i++)
		r = take(lookout, roll, &found.list[i], now);
	processes_free(&found);
	return r;
}

struct gathering {
	struct pids *pids;
	uint64_t now;
};

static bool is_there(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

/* Of one that has ended the table tells. */
static void gather_other(struct subject *subject, void *context)
{
	const struct gathering *gathering = context;

	if (subject->matched_ns != gathering->now && subject->state != SUBJECT_ENDED &&
	    is_there(subject->pid))
		pids_add(gathering->pids, subject->pid);
}

/* In the place of the list, which was looked at. */
static void drop_others(struct lookout *lookout, const struct roll *roll, lookout_drop *drop,
			void *context, uint64_t now)
{
	struct pids *others = &lookout->listed;
	struct gathering gathering = { others, now };

	others->count = 0;
	roll_walk(roll, gather_other, &gathering);
	for (size_t i = 0; i < others->count; i++)
		drop(others->list[i], context);
}

static void forget_taken(struct lookout *lookout, const struct roll *roll)
{
	size_t count = 0;

	for (size_t i = 0; i < lookout->stranger_count; i++)
		if (!roll_find(roll, lookout->strangers[i].pid))
			lookout->strangers[count++] = lookout->strangers[i];
	lookout->stranger_count = count;
}

static bool anybody_is_young(const struct lookout *lookout, uint64_t now)
{
	for (size_t i = 0; i < lookout->stranger_count; i++)
		if (is_young(&lookout->strangers[i], now))
			return true;
	return false;
}

int lookout_search(struct lookout *lookout, struct roll *roll, lookout_drop *drop, void *context,
		   uint64_t now)
{
	bool all = !lookout->last_ns || now - lookout->last_ns >= LOOK_AGAIN_NS;
	bool new = anybody_is_new(lookout);
	int r;

	if (!all && !new && !anybody_is_young(lookout, now))
		return 0;
	r = list(lookout);
	if (r == 0)
		r = choose(lookout, roll, all, now);
	if (r == 0)
		r = take_matching(lookout, roll, now);
	forget_taken(lookout, roll);
	if (r || !all)
		return r;
	drop_others(lookout, roll, drop, context, now);
	lookout->last_ns = now;
	return 0;
}

bool lookout_keeps(const struct lookout *lookout, struct roll *roll, pid_t pid, uint64_t now)
{
	struct processes found = { 0 };
	int r = processes_select(&found, &pid, 1, lookout->options.criteria);
	bool keeps = r || found.count;

	if (found.count)
		take(lookout, roll, &found.list[0], now);
	processes_free(&found);
	return keeps;
}
