/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "capture_live.h"
#include "clock.h"
#include "command.h"
#include "report.h"

/* A process that is looked at again and again. */
struct watched {
	struct target target;
	struct mapsnap_process *process; /* NULL: it has ended, or can't be read */
	struct capture last;             /* snapshot NULL: none yet */
	uint64_t start_time;
	bool executed; /* what it executes now is yet to be opened */
};

struct watcher {
	const struct options *options;
	struct report report;
	struct watched *list;
	size_t count;
	enum status status;
};

static void stop(struct watched *w)
{
	mapsnap_close(w->process);
	mapsnap_unref(w->last.snapshot);
	free(w->last.command);
	w->process = NULL;
	w->last = (struct capture){ 0 };
}

static void note(struct watcher *watcher, enum status status)
{
	watcher->status = status_worse(watcher->status, status);
}

static void end(struct watcher *watcher, struct watched *w)
{
	report_end(&watcher->report, &w->last);
	note(watcher, STATUS_GONE);
	stop(w);
}

/* Takes the snapshot over. */
static void keep(struct watcher *watcher, struct watched *w, struct mapsnap *snapshot)
{
	mapsnap_unref(w->last.snapshot);
	w->last.snapshot = snapshot;
	w->last.info = *mapsnap_info(snapshot);
	w->last.selection = watcher->options->selection;
}

/* Whether this one is to be shown; what is not is given back. */
static bool accept(struct watcher *watcher, struct watched *w, struct mapsnap *snapshot)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	if (!watcher->options->require_consistent || is_consistent(info))
		return true;
	warnx("PID %d: not consistent: %s", w->target.pid, mapsnap_reason_text(info->reason));
	note(watcher, STATUS_NOT_CONSISTENT);
	mapsnap_unref(snapshot);
	return false;
}

static void set_command(struct watched *w)
{
	free(w->last.command);
	w->last.command = command_of(w->target.pid);
}

/* That it did not settle is no end: the next look may be luckier. */
static void fail(struct watcher *watcher, struct watched *w, int error)
{
	warnx("PID %d: %s", w->target.pid, mapsnap_error(w->process));
	note(watcher, status_of_error(error));
	if (error != -EAGAIN)
		stop(w);
}

/* The first snapshot, of a process or of what it executes now. */
static void begin(struct watcher *watcher, struct watched *w, bool executed)
{
	struct mapsnap *snapshot;
	int error;

	set_command(w);
	w->last.info.pid = w->target.pid;
	w->last.info.start_time = w->start_time;
	error = mapsnap_read(w->process, &watcher->options->read, &snapshot);
	w->executed = error == -ESTALE;
	if (error == -ESRCH)
		end(watcher, w);
	else if (error && error != -ESTALE)
		fail(watcher, w, error);
	else if (!error && accept(watcher, w, snapshot)) {
		keep(watcher, w, snapshot);
		report_begin(&watcher->report, &w->last, executed);
	}
}

/* The pid may be another process's by now. */
static bool is_same_process(struct watched *w)
{
	uint64_t start_time;

	mapsnap_identity(w->process, NULL, &start_time);
	return start_time == w->start_time;
}

static void reopen(struct watcher *watcher, struct watched *w)
{
	enum status status;

	mapsnap_close(w->process);
	w->process = NULL;
	mapsnap_unref(w->last.snapshot);
	w->last.snapshot = NULL;
	/* That it is gone by now shall be told once, and here. */
	w->target.found = true;
	status = open_process(&w->target, &w->process);
	if (w->process && is_same_process(w)) {
		begin(watcher, w, true);
		return;
	}
	if (status == STATUS_NO_PERMISSION)
		warnx("PID %d: it has called exec, and may no longer be read", w->target.pid);
	note(watcher, status);
	if (status == STATUS_DONE)
		end(watcher, w);
	else
		stop(w);
}

static void compare(struct watcher *watcher, struct watched *w, struct mapsnap *fresh,
		    const struct mapsnap_diff *diff)
{
	const struct changes changes = {
		.diff = *diff,
		.selection = &watcher->options->selection,
	};
	struct capture now = w->last;

	now.info = *mapsnap_info(fresh);
	report_changes(&watcher->report, &now, &changes);
}

static void look(struct watcher *watcher, struct watched *w)
{
	struct mapsnap_diff diff;
	struct mapsnap *fresh;
	int error;

	if (w->executed) {
		reopen(watcher, w);
		return;
	}
	if (!w->last.snapshot) {
		begin(watcher, w, false);
		return;
	}
	error = mapsnap_changes(w->process, &watcher->options->read, w->last.snapshot, &fresh,
				&diff);
	if (error == -ESTALE)
		reopen(watcher, w);
	else if (error == -ESRCH)
		end(watcher, w);
	else if (error)
		fail(watcher, w, error);
	else if (fresh == w->last.snapshot)
		mapsnap_unref(fresh);
	else if (accept(watcher, w, fresh)) {
		compare(watcher, w, fresh, &diff);
		keep(watcher, w, fresh);
	}
}

static void open_one(struct watcher *watcher, const struct target *target)
{
	struct watched *w = &watcher->list[watcher->count++];

	w->target = *target;
	note(watcher, open_process(target, &w->process));
	if (!w->process)
		return;
	mapsnap_identity(w->process, NULL, &w->start_time);
	begin(watcher, w, false);
}

static void look_at_all(struct watcher *watcher)
{
	for (size_t i = 0; i < watcher->count; i++)
		if (watcher->list[i].process)
			look(watcher, &watcher->list[i]);
}

static bool are_any_left(const struct watcher *watcher)
{
	for (size_t i = 0; i < watcher->count; i++)
		if (watcher->list[i].process)
			return true;
	return false;
}

/* False: a signal came first. */
static bool wait_until(int signals, uint64_t when)
{
	struct pollfd poll_fd = { .fd = signals, .events = POLLIN };
	int r;

	do {
		const struct timespec time = time_left(when);

		r = ppoll(&poll_fd, 1, &time, NULL);
	} while (r < 0 && errno == EINTR);
	return r == 0;
}

/* From now on they end the watch, between two looks. */
static int take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Whether it was ended, and did not end by itself. */
static bool watch_all(struct watcher *watcher, struct output *output, int signals)
{
	uint64_t next = now_ns();

	while (are_any_left(watcher)) {
		next += watcher->options->watch_ns;
		output_flush(output);
		if (!wait_until(signals, next))
			return true;
		look_at_all(watcher);
		/* What was missed is not made up for. */
		if (next < now_ns())
			next = now_ns();
	}
	return false;
}

enum status watch(const struct options *options, struct output *output)
{
	const struct targets *targets = &options->targets;
	struct watcher watcher = {
		.options = options,
		.report = { .output = output, .json = options->format == &output_jsonl },
		.list = calloc(targets->count, sizeof(*watcher.list)),
	};
	int signals = take_signals();
	bool was_ended;

	if (!watcher.list || signals < 0)
		err(STATUS_FAILED, "--watch");
	for (size_t i = 0; i < targets->count; i++)
		open_one(&watcher, &targets->list[i]);
	was_ended = watch_all(&watcher, output, signals);
	for (size_t i = 0; i < watcher.count; i++)
		stop(&watcher.list[i]);
	free(watcher.list);
	close(signals);
	/* Who ended it wanted no more of what went on. */
	return was_ended && watcher.status == STATUS_GONE ? STATUS_DONE : watcher.status;
}
