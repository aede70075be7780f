/* SPDX-License-Identifier: BSD-2-Clause */
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "clock.h"
#include "idle.h"
#include "setting.h"
#include "terms.h"
#include "trouble.h"

static void signals_of_loop(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
	sigaddset(signals, SIGCHLD); /* of the gate's helper */
}

void loop_block_signals(void)
{
	sigset_t signals;

	signals_of_loop(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Until then, or until a signal, which is returned. */
static int wait_until(uint64_t until)
{
	const struct timespec wait = time_left(until);
	sigset_t signals;

	signals_of_loop(&signals);
	return sigtimedwait(&signals, NULL, &wait);
}

/* The watch borrows from the options until it is told of others. */
static void replace_options(struct loop *loop, struct options *options)
{
	struct options before = *loop->options;
	struct watch_terms terms;
	char names[256];

	setting_list_restart(&before, options, names, sizeof(names));
	if (*names)
		notice("as it was until it is started again: %s", names);
	*loop->options = *options;
	terms = terms_of(loop->options);
	watch_change(&loop->service->watch, &terms);
	options_free(&before);
}

/* As Type=notify-reload of systemd would have it; where it is older that does no harm. */
static void reload(struct loop *loop)
{
	struct options options;
	char error[512];

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(now_ns() / 1000));
	if (options_load(&options, loop->arguments, error, sizeof(error)))
		replace_options(loop, &options);
	else
		trouble(TROUBLE_CONFIGURATION, "the configuration stays as it was: %s", error);
	sd_notify(0, "READY=1");
}

/* A watchdog is told only by who is not in the midst of a round: they come to their end. */
static void tell_status(const struct watch *watch)
{
	const size_t *counts = watch->roll.counts;

	sd_notifyf(0, "WATCHDOG=1\nSTATUS=%zu processes watched, %zu in turns, %zu refused",
		   counts[SUBJECT_HELD] + counts[SUBJECT_PARKED], counts[SUBJECT_PARKED],
		   counts[SUBJECT_REFUSED]);
}

/* Another helper would take capabilities that were given up: who starts us has them. */
static int check_gate(struct gate *gate)
{
	if (!gate_has_ended(gate))
		return 0;
	trouble(TROUBLE_GATE, "the helper that judges clients has ended, was it killed? "
			      "The service ends as well, to be started again");
	return -EPIPE;
}

/* Often enough for a watchdog, also where rounds are further apart than it is patient. */
static int wait_for_round(const struct loop *loop, uint64_t next)
{
	uint64_t patience_us, until;
	int signal;

	if (sd_watchdog_enabled(0, &patience_us) <= 0)
		patience_us = UINT32_MAX;
	do {
		tell_status(&loop->service->watch);
		until = now_ns() + patience_us * 1000 / 2;
		signal = wait_until(until < next ? until : next);
	} while (signal < 0 && now_ns() < next);
	return signal;
}

int loop_run(struct loop *loop)
{
	struct service *service = loop->service;
	int signal, r;

	be_idle();
	do {
		uint64_t next = watch_round(&service->watch);

		streams_wake(&service->streams);
		signal = wait_for_round(loop, next);
		if (signal == SIGHUP)
			reload(loop);
		r = check_gate(&service->gate);
	} while (r == 0 && signal != SIGTERM && signal != SIGINT);
	return r;
}
