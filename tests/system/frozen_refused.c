/* SPDX-License-Identifier: BSD-2-Clause */
/* The fallback frozen where it can't be had, or not to the full: what is said then. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "nobody.h"
#include "stage.h"

/* What a child says of its read. */
struct report {
	int error;
	uint32_t consistency;
	uint32_t reason;
	uint64_t pause_ns;
	char sentence[256];
};

static const struct mapsnap_sequence no_source = { .size = sizeof(no_source) };

static void read_frozen(struct mapsnap_process *process, struct report *report)
{
	const struct mapsnap_options options = {
		.size = sizeof(options),
		.sequence = &no_source,
		.fallback = MAPSNAP_FALLBACK_FROZEN,
		.deadline_ns = 2000000000u,
	};
	struct mapsnap *snapshot;

	report->error = mapsnap_read(process, &options, &snapshot);
	snprintf(report->sentence, sizeof(report->sentence), "%s", mapsnap_error(process));
	if (report->error)
		return;
	report->consistency = mapsnap_info(snapshot)->consistency;
	report->reason = mapsnap_info(snapshot)->reason;
	report->pause_ns = mapsnap_info(snapshot)->pause_ns;
	mapsnap_unref(snapshot);
}

static struct report read_pid(pid_t pid)
{
	struct mapsnap_process *process = must_open(pid);
	struct report report = { 0 };

	read_frozen(process, &report);
	mapsnap_close(process);
	return report;
}

static void assert_says(const struct report *report, const char *words)
{
	if (!strstr(report->sentence, words))
		fail_msg("not said: %s, but: %s", words, report->sentence);
}

static void trace_on(void *argument)
{
	const struct actor *actor = argument;

	if (ptrace(PTRACE_SEIZE, actor->pid, NULL, NULL))
		_exit(1);
	forked_pause();
	for (;;)
		pause();
}

static void who_traces_it_already_is_named(void **state)
{
	struct actor actor = stage_enter("threads");
	pid_t tracer = forked(trace_on, &actor);
	struct report report = read_pid(actor.pid);
	char words[64];

	(void)state;
	snprintf(words, sizeof(words), "traced by PID %d", (int)tracer);
	assert_int_equal(report.error, -EBUSY);
	assert_says(&report, words);
	forked_kill(tracer);
	assert_int_equal(read_pid(actor.pid).error, 0);
	assert_true(stage_goes_on(actor.stage, 0));
	stage_leave(&actor);
}

static void one_cannot_freeze_oneself(void **state)
{
	struct report report = read_pid(getpid());

	(void)state;
	assert_int_equal(report.error, -EINVAL);
	assert_says(&report, "the process that reads");
}

static void a_maps_file_does_not_tell_whom_to_stop(void **state)
{
	struct report report = { 0 };
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_process *process = must_open_maps(pid);

	(void)state;
	read_frozen(process, &report);
	mapsnap_close(process);
	forked_kill(pid);
	assert_int_equal(report.error, -EOPNOTSUPP);
	assert_says(&report, "by its pid");
}

/* What a child does that then has no way back. */
struct errand {
	void (*run)(struct errand *errand);
	struct mapsnap_process *process; /* that was opened before */
	pid_t pid;
	struct report *report;
};

static void run_errand(void *argument)
{
	struct errand *errand = argument;

	errand->run(errand);
}

static struct report send_on_errand(struct errand errand)
{
	struct report report, *page = shared_page();

	page->error = 1;
	errand.report = page;
	assert_int_equal(forked_status(forked(run_errand, &errand)), 0);
	report = *page;
	unshare_page(page);
	return report;
}

static void read_as_nobody(struct errand *errand)
{
	become_nobody();
	read_frozen(errand->process, errand->report);
}

static void who_may_not_trace_it_is_told_so(void **state)
{
	struct actor actor;
	struct report report;
	struct errand errand = { .run = read_as_nobody };

	(void)state;
	if (geteuid() != 0)
		skip_because("needs root, to become somebody else");
	actor = stage_enter("threads");
	errand.process = must_open(actor.pid);
	report = send_on_errand(errand);
	mapsnap_close(errand.process);
	assert_int_equal(report.error, -EPERM);
	assert_says(&report, "CAP_SYS_PTRACE");
	assert_true(stage_goes_on(actor.stage, 0));
	assert_false(stage_traced(actor.pid));
	stage_leave(&actor);
}

static void read_own_child_as_nobody(struct errand *errand)
{
	struct mapsnap_process *process;
	pid_t pid;

	become_nobody();
	pid = forked(forked_idle, NULL);
	if (mapsnap_open_pid(pid, &process))
		_exit(2);
	read_frozen(process, errand->report);
	mapsnap_close(process);
	forked_kill(pid);
}

/* One that has its memory from fork may share it with somebody whom nobody may ask. */
static void an_ordinary_user_is_not_told_what_he_cannot_know(void **state)
{
	struct report report;

	(void)state;
	if (geteuid() != 0)
		skip_because("needs root, to become somebody else");
	report = send_on_errand((struct errand){ .run = read_own_child_as_nobody });
	if (report.error == -EPERM)
		skip_because("needs ptrace(2) of one's own child");
	assert_int_equal(report.error, 0);
	assert_int_equal(report.consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(report.reason, MAPSNAP_REASON_SHARERS);
	assert_true(report.pause_ns > 0);
}

/* In a pid namespace of its own, with or without the /proc of that. */
static void enter_namespace(struct errand *errand, bool proc)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		errand->report->error = 2;
		_exit(0);
	}
	pid = fork();
	if (pid)
		_exit(forked_status(pid));
	if (proc && mount("proc", "/proc", "proc", 0, NULL)) {
		errand->report->error = 2;
		_exit(0);
	}
}

static void read_child_in_namespace(struct errand *errand)
{
	struct mapsnap_process *process;
	pid_t pid;

	enter_namespace(errand, true);
	pid = forked(forked_idle, NULL);
	if (mapsnap_open_pid(pid, &process))
		_exit(2);
	read_frozen(process, errand->report);
	mapsnap_close(process);
	forked_kill(pid);
}

#define need_namespaces(report)                                              \
	do {                                                                 \
		if ((report).error == 2)                                     \
			skip_because("needs leave to make a pid namespace"); \
	} while (0)

static void in_another_pid_namespace_sharers_cannot_be_known(void **state)
{
	struct report report;

	(void)state;
	report = send_on_errand((struct errand){ .run = read_child_in_namespace });
	need_namespaces(report);
	assert_int_equal(report.error, 0);
	assert_int_equal(report.consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(report.reason, MAPSNAP_REASON_SHARERS);
	assert_true(report.pause_ns > 0);
}

static void read_by_outer_proc(struct errand *errand)
{
	struct mapsnap_process *process;

	enter_namespace(errand, false);
	if (mapsnap_open_pid(errand->pid, &process))
		_exit(2);
	read_frozen(process, errand->report);
	mapsnap_close(process);
}

/* The same number is that of another process there, or of none. */
static void by_the_proc_of_another_namespace_nobody_is_stopped(void **state)
{
	struct actor actor = stage_enter("threads");
	struct report report;

	(void)state;
	report = send_on_errand((struct errand){ .run = read_by_outer_proc, .pid = actor.pid });
	stage_leave(&actor);
	need_namespaces(report);
	assert_int_equal(report.error, -EOPNOTSUPP);
	assert_says(&report, "pid namespace");
}

static void a_process_that_has_ended_is_gone(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_process *process = must_open(pid);
	struct report report = { 0 };

	(void)state;
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	read_frozen(process, &report);
	assert_int_equal(report.error, -ESRCH);
	forked_kill(pid);
	read_frozen(process, &report);
	assert_int_equal(report.error, -ESRCH);
	mapsnap_close(process);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(who_traces_it_already_is_named),
		tidy_test(one_cannot_freeze_oneself),
		tidy_test(a_maps_file_does_not_tell_whom_to_stop),
		tidy_test(who_may_not_trace_it_is_told_so),
		tidy_test(an_ordinary_user_is_not_told_what_he_cannot_know),
		tidy_test(in_another_pid_namespace_sharers_cannot_be_known),
		tidy_test(by_the_proc_of_another_namespace_nobody_is_stopped),
		tidy_test(a_process_that_has_ended_is_gone),
	};

	stage_main(argc, argv);
	return run_suite(tests, NULL, NULL);
}
