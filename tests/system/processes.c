/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for processes in the /proc of this machine. */
#include "processes.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "asserts.h"
#include "candidate.h"
#include "forked.h"
#include "nobody.h"
#include "pids.h"
#include "scarce.h"
#include "target.h"

/* No pid can be so large. */
#define NO_PID (INT_MAX - 1)

static const struct criteria everyone;

/* Commands of children. */
static char odd_name[] = "a\n\xff b", usual_name[] = "mapsnap-a", sought_name[] = "mapsnap-found";

static void idle_as(void *name)
{
	prctl(PR_SET_NAME, name);
	forked_idle(NULL);
}

static void idle_as_nobody(void *name)
{
	become_nobody();
	idle_as(name);
}

static bool lists(const struct pids *pids, pid_t pid)
{
	for (size_t i = 0; i < pids->count; i++)
		if (pids->list[i] == pid)
			return true;
	return false;
}

static struct processes selected(const struct criteria *criteria, const pid_t *pids, size_t count)
{
	struct processes processes = { 0 };

	assert_int_equal(processes_select(&processes, pids, count, criteria), 0);
	return processes;
}

/* Whether one of them meets them. */
static bool meets(pid_t pid, const struct criteria *criteria)
{
	struct processes processes = selected(criteria, &pid, 1);
	bool does = processes.count;

	processes_free(&processes);
	return does;
}

static void all_processes_are_listed_in_order(void **state)
{
	struct pids pids = { 0 };
	pid_t child = forked(forked_idle, NULL), zombie = forked(forked_end, NULL);

	(void)state;
	assert_int_equal(pids_list(&pids), 0);
	assert_true(lists(&pids, getpid()));
	assert_true(lists(&pids, child));
	assert_true(lists(&pids, zombie));
	assert_true(lists(&pids, 1));
	for (size_t i = 1; i < pids.count; i++)
		assert_true(pids.list[i - 1] < pids.list[i]);
	forked_kill(child);
	forked_kill(zombie);
	assert_int_equal(pids_list(&pids), 0);
	assert_true(lists(&pids, getpid()));
	assert_false(lists(&pids, child));
	assert_false(lists(&pids, zombie));
	pids_free(&pids);
}

static void more_pids_than_there_was_room_for_are_listed(void **state)
{
	enum {
		CHILDREN = 300
	};
	pid_t children[CHILDREN];
	struct pids pids = { 0 };

	(void)state;
	for (size_t i = 0; i < CHILDREN; i++)
		children[i] = forked(forked_end, NULL);
	assert_int_equal(pids_list(&pids), 0);
	for (size_t i = 0; i < CHILDREN; i++) {
		assert_true(lists(&pids, children[i]));
		forked_kill(children[i]);
	}
	pids_free(&pids);
}

/* One descriptor, for /proc itself: no process is opened. */
static void to_list_pids_takes_one_descriptor(void **state)
{
	struct pids pids = { 0 };
	int with_one, with_none;
	size_t count;

	(void)state;
	scarce_descriptors(1);
	with_one = pids_list(&pids);
	count = pids.count;
	plenty_of_descriptors();
	scarce_descriptors(0);
	with_none = pids_list(&pids);
	plenty_of_descriptors();
	assert_int_equal(with_one, 0);
	assert_true(count > 0);
	assert_int_equal(with_none, -EMFILE);
	assert_int_equal(pids.count, 0);
	pids_free(&pids);
}

static void a_process_is_told_with_its_command_and_group(void **state)
{
	pid_t child = forked(idle_as, odd_name);
	struct processes processes = selected(&everyone, &child, 1);
	char path[32], *line = NULL, *expected = NULL;
	size_t size = 0;
	FILE *groups;

	(void)state;
	assert_int_equal(processes.count, 1);
	assert_int_equal(processes.list[0].pid, child);
	assert_string_equal(processes.list[0].command, odd_name);
	snprintf(path, sizeof(path), "/proc/%d/cgroup", child);
	groups = fopen(path, "re");
	while (groups && getline(&line, &size, groups) > 0) {
		free(expected);
		line[strcspn(line, "\n")] = '\0';
		expected = strdup(strchr(strchr(line, ':') + 1, ':') + 1);
	}
	if (groups)
		fclose(groups);
	assert_string_equal(processes.list[0].cgroup, expected ? expected : "");
	free(expected);
	free(line);
	processes_free(&processes);
	forked_kill(child);
}

/* libproc2 takes 255 at a time. */
static void as_many_as_one_likes_are_looked_at_in_order(void **state)
{
	static const size_t places[] = { 0, 253, 254, 255, 256, 509, 510, 511, 1018, 1019, 1020 };
	enum {
		PLACES = sizeof(places) / sizeof(places[0])
	};
	struct processes processes;
	pid_t pids[1021], children[PLACES];

	(void)state;
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++)
		pids[i] = NO_PID;
	for (size_t i = 0; i < PLACES; i++)
		pids[places[i]] = children[i] = forked(forked_idle, NULL);
	for (size_t count = 0; count <= 1021; count += count % 51 ? 1 : 50) {
		size_t expected = 0;

		processes = selected(&everyone, pids, count);
		for (size_t i = 0; i < PLACES && places[i] < count; i++)
			expected++;
		assert_int_equal(processes.count, expected);
		for (size_t i = 0; i < expected; i++)
			assert_int_equal(processes.list[i].pid, children[i]);
		processes_free(&processes);
	}
	for (size_t i = 0; i < PLACES; i++)
		forked_kill(children[i]);
}

static void what_is_selected_is_added(void **state)
{
	pid_t child = forked(forked_idle, NULL);
	struct processes processes = selected(&everyone, &child, 1);

	(void)state;
	assert_int_equal(processes_select(&processes, &child, 1, &everyone), 0);
	assert_int_equal(processes.count, 2);
	assert_int_equal(processes.list[0].pid, processes.list[1].pid);
	processes_free(&processes);
	forked_kill(child);
}

static void neither_the_gone_nor_kernel_threads_nor_this_process_are_told(void **state)
{
	struct criteria kernel = { 0 };
	pid_t gone = forked(forked_end, NULL);

	(void)state;
	forked_kill(gone);
	assert_false(meets(gone, &everyone));
	assert_false(meets(getpid(), &everyone));
	assert_int_equal(criteria_add_name(&kernel, "kthreadd"), 0);
	/* Who is named is told. In a container there are none. */
	if (meets(2, &kernel))
		assert_false(meets(2, &everyone));
	criteria_free(&kernel);
}

static void criteria_of_one_kind_are_alternatives_and_kinds_add_up(void **state)
{
	pid_t child = forked(idle_as, usual_name);
	struct criteria criteria = { 0 };

	(void)state;
	assert_int_equal(criteria_add_name(&criteria, "mapsnap-b"), 0);
	assert_false(meets(child, &criteria));
	assert_int_equal(criteria_add_name(&criteria, usual_name), 0);
	assert_true(meets(child, &criteria));
	assert_int_equal(criteria_add_user(&criteria, "4294967290"), 0);
	assert_false(meets(child, &criteria));
	assert_int_equal(criteria_add_user(&criteria, "0"), 0);
	assert_int_equal(meets(child, &criteria), geteuid() == 0);
	assert_int_equal(criteria_add_cgroup(&criteria, "/no/such/group"), 0);
	assert_false(meets(child, &criteria));
	criteria_free(&criteria);
	forked_kill(child);
}

static void a_user_is_the_effective_one(void **state)
{
	struct criteria criteria = { 0 };
	pid_t child;

	(void)state;
	if (geteuid())
		skip_because("needs root");
	child = forked(idle_as_nobody, usual_name);
	assert_int_equal(criteria_add_user(&criteria, "nobody"), 0);
	assert_int_equal(criteria.users[0], NOBODY);
	assert_true(meets(child, &criteria));
	criteria_free(&criteria);
	assert_int_equal(criteria_add_user(&criteria, "root"), 0);
	assert_false(meets(child, &criteria));
	assert_int_equal(criteria_add_user(&criteria, "no-such-user"), -ENOENT);
	criteria_free(&criteria);
	forked_kill(child);
}

static void criteria_are_matched_as_long_as_one_likes_after_they_were_given(void **state)
{
	char name[] = "mapsnap-a", path[] = "/no/such/group";
	pid_t child = forked(idle_as, name);
	struct criteria criteria = { 0 };

	(void)state;
	assert_int_equal(criteria_add_name(&criteria, name), 0);
	memset(name, 'x', strlen(name));
	assert_true(meets(child, &criteria));
	assert_int_equal(criteria_add_cgroup(&criteria, path), 0);
	strcpy(path, "/");
	assert_false(meets(child, &criteria));
	criteria_free(&criteria);
	assert_false(criteria_are_any(&criteria));
	forked_kill(child);
}

/* What found it, and what selects it, must agree. */
static void a_pass_over_all_finds_what_is_selected_among_all(void **state)
{
	pid_t child = forked(idle_as, sought_name);
	struct criteria criteria = { 0 };
	struct targets targets = { 0 };
	struct pids pids = { 0 };
	struct processes processes;

	(void)state;
	assert_int_equal(criteria_add_name(&criteria, sought_name), 0);
	assert_int_equal(targets_find(&targets, &criteria), 1);
	assert_int_equal(targets.count, 1);
	assert_int_equal(targets.list[0].pid, child);
	assert_true(targets.list[0].found);
	assert_int_equal(pids_list(&pids), 0);
	processes = selected(&criteria, pids.list, pids.count);
	assert_int_equal(processes.count, 1);
	assert_int_equal(processes.list[0].pid, child);
	processes_free(&processes);
	pids_free(&pids);
	targets_free(&targets);
	criteria_free(&criteria);
	forked_kill(child);
}

/* It must not look as if there were none. */
static void without_free_descriptors_a_search_fails(void **state)
{
	pid_t child = forked(forked_idle, NULL);

	(void)state;
	for (unsigned int left = 0; left < 3; left++) {
		struct processes processes = { 0 };
		struct targets targets = { 0 };
		int selecting, finding;

		scarce_descriptors(left);
		selecting = processes_select(&processes, &child, 1, &everyone);
		finding = targets_find(&targets, &everyone);
		assert_int_equal(plenty_of_descriptors(), left);
		assert_int_equal(selecting, left < 2 ? -EMFILE : 0);
		assert_int_equal(processes.count, left < 2 ? 0 : 1);
		if (left < 2)
			assert_int_equal(finding, -EMFILE);
		else
			assert_true(finding > 0);
		processes_free(&processes);
		targets_free(&targets);
	}
	forked_kill(child);
}

/* It must not look as if the process were gone. */
static void without_free_descriptors_nothing_is_said_of_a_candidate(void **state)
{
	pid_t child = forked(forked_idle, NULL);
	struct candidate candidate = { .pid = child }, gone = { .pid = NO_PID };
	int command, cgroups;

	(void)state;
	scarce_descriptors(0);
	command = candidate_read_command(&candidate);
	cgroups = candidate_read_cgroups(&candidate);
	plenty_of_descriptors();
	assert_int_equal(command, -EMFILE);
	assert_int_equal(cgroups, -EMFILE);
	assert_int_equal(candidate_read_command(&candidate), true);
	assert_int_equal(candidate_read_command(&gone), false);
	assert_int_equal(candidate_read_cgroups(&gone), false);
	candidate_free(&candidate);
	forked_kill(child);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(all_processes_are_listed_in_order),
		tidy_test(more_pids_than_there_was_room_for_are_listed),
		tidy_test(to_list_pids_takes_one_descriptor),
		tidy_test(a_process_is_told_with_its_command_and_group),
		tidy_test(as_many_as_one_likes_are_looked_at_in_order),
		tidy_test(what_is_selected_is_added),
		tidy_test(neither_the_gone_nor_kernel_threads_nor_this_process_are_told),
		tidy_test(criteria_of_one_kind_are_alternatives_and_kinds_add_up),
		tidy_test(a_user_is_the_effective_one),
		tidy_test(criteria_are_matched_as_long_as_one_likes_after_they_were_given),
		tidy_test(a_pass_over_all_finds_what_is_selected_among_all),
		tidy_test(without_free_descriptors_a_search_fails),
		tidy_test(without_free_descriptors_nothing_is_said_of_a_candidate),
	};

	return run_suite(tests, NULL, NULL);
}
