/* SPDX-License-Identifier: BSD-2-Clause */
#include "roll.h"

#include <search.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct subject *one = a, *other = b;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

void roll_init(struct roll *roll)
{
	*roll = (struct roll){ .mutex = PTHREAD_MUTEX_INITIALIZER };
}

void roll_free(struct roll *roll)
{
	tdestroy(roll->tree, free);
	pthread_mutex_destroy(&roll->mutex);
}

void roll_lock(struct roll *roll)
{
	pthread_mutex_lock(&roll->mutex);
}

void roll_unlock(struct roll *roll)
{
	pthread_mutex_unlock(&roll->mutex);
}

struct subject *roll_find(const struct roll *roll, pid_t pid)
{
	const struct subject key = { .pid = pid };
	struct subject *const *node = tfind(&key, &roll->tree, compare);

	return node ? *node : NULL;
}

struct subject *roll_add(struct roll *roll, pid_t pid, const char *group)
{
	struct subject *subject = calloc(1, sizeof(*subject));

	if (!subject)
		return NULL;
	subject->pid = pid;
	if (!tsearch(subject, &roll->tree, compare)) {
		free(subject);
		return NULL;
	}
	subject->group = groups_join(&roll->groups, group);
	roll->counts[SUBJECT_NEW]++;
	return subject;
}

static void leave_group(struct roll *roll, struct subject *subject)
{
	unsigned int group = subject->group;

	subject->group = GROUPS_NONE;
	if (group == GROUPS_NONE)
		return;
	groups_leave(&roll->groups, group);
	if (!roll->groups.list[group].members)
		roll->steps[group] = 0;
}

void roll_remove(struct roll *roll, struct subject *subject)
{
	leave_group(roll, subject);
	roll->counts[subject->state]--;
	tdelete(subject, &roll->tree, compare);
	free(subject);
}

void roll_set_state(struct roll *roll, struct subject *subject, enum subject_state state)
{
	roll->counts[subject->state]--;
	subject->state = state;
	roll->counts[state]++;
	/* What another one with its pid is called is not known yet. */
	if (state == SUBJECT_ENDED)
		leave_group(roll, subject);
	else if (subject->group == GROUPS_NONE)
		subject->group = groups_join(&roll->groups, GROUPS_OTHER_NAME);
}

void roll_change_state(struct roll *roll, struct subject *subject, enum subject_state state)
{
	roll_lock(roll);
	roll_set_state(roll, subject, state);
	roll_unlock(roll);
}

void roll_set_group(struct roll *roll, struct subject *subject, const char *group)
{
	unsigned int number;

	/* A zombie is still found by its name. */
	if (subject->state == SUBJECT_ENDED)
		return;
	number = groups_join(&roll->groups, group);
	/* The other way round the group would be forgotten where it is the same. */
	leave_group(roll, subject);
	subject->group = number;
}

struct visit {
	roll_visit *visit;
	void *context;
};

static void visit_node(const void *node, VISIT order, void *closure)
{
	const struct visit *visit = closure;

	if (order == postorder || order == leaf)
		visit->visit(*(struct subject *const *)node, visit->context);
}

void roll_walk(const struct roll *roll, roll_visit *visit, void *context)
{
	struct visit closure = { .visit = visit, .context = context };

	twalk_r(roll->tree, visit_node, &closure);
}
