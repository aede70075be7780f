/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "die.h"
#include "kernel_source.h"
#include "table_torture.h"
#include "table_torture_follower.h"
#include "table_torture_listener.h"
#include "table_torture_resolver.h"
#include "table_torture_source.h"
#include "table_torture_writers.h"
#include "timing.h"

#define MOST_RESOLVERS 64

/* All that takes part, beside the targets. */
struct staff {
	struct table_run run;
	struct table_source source;
	struct table_writer refresher, manager;
	struct table_listener listener;
	struct table_follower follower;
	struct table_resolver *resolvers;
	size_t count;
	pthread_t threads[MOST_RESOLVERS + 4];
	size_t threads_count;
};

void table_wrong(struct table_tally *tally, const char *format, ...)
{
	va_list arguments;

	if (tally->wrong++)
		return;
	va_start(arguments, format);
	vsnprintf(tally->why, sizeof(tally->why), format, arguments);
	va_end(arguments);
}

static void make_table(struct staff *staff, const char *source)
{
	struct mapsnap_options read = { .size = sizeof(read) };
	struct mapsnap_table_options options = {
		.size = sizeof(options),
		.read = &read,
		.keep_ns = TABLE_KEEP_NS,
		.history = TABLE_HISTORY,
		.events = TABLE_EVENTS,
	};
	int r;

	read.sequence = table_source_open(&staff->source, source, &staff->run.cast);
	r = mapsnap_table_new(&options, &staff->run.table);
	errno = -r;
	if (r)
		die("no table");
}

static void start(struct staff *staff, void *(*body)(void *), void *argument)
{
	errno = pthread_create(&staff->threads[staff->threads_count++], NULL, body, argument);
	if (errno)
		die("cannot run a thread");
}

static void start_all(struct staff *staff)
{
	start(staff, table_refresher_run, &staff->refresher);
	start(staff, table_manager_run, &staff->manager);
	start(staff, table_listener_run, &staff->listener);
	start(staff, table_follower_run, &staff->follower);
	for (size_t i = 0; i < staff->count; i++) {
		staff->resolvers[i].run = &staff->run;
		staff->resolvers[i].seed = (unsigned int)i + 1;
		start(staff, table_resolver_run, &staff->resolvers[i]);
	}
}

static struct staff *begin(const struct table_settings *settings)
{
	struct staff *staff = calloc(1, sizeof(*staff));

	errno = 0;
	if (settings->resolvers == 0 || settings->resolvers > MOST_RESOLVERS)
		die_misused("1 to 64 resolvers are possible");
	if (staff)
		staff->resolvers = calloc(settings->resolvers, sizeof(*staff->resolvers));
	if (!staff || !staff->resolvers)
		die("no memory");
	staff->count = settings->resolvers;
	staff->run.numbered = table_source_is_target(settings->source);
	staff->refresher.run = staff->manager.run = &staff->run;
	staff->listener.run = &staff->run;
	staff->follower.run = &staff->run;
	make_table(staff, settings->source);
	cast_start(&staff->run.cast, !staff->run.numbered);
	return staff;
}

static void check_afterwards(struct staff *staff)
{
	table_check_expiry(&staff->manager);
	table_listener_hear(&staff->listener);
	table_listener_check_events(&staff->listener, &staff->manager);
	for (size_t i = 0; i < staff->count; i++)
		table_listener_check_notes(&staff->listener, &staff->resolvers[i]);
}

static void add_up(struct table_tally *total, const struct table_tally *tally)
{
	total->latest += tally->latest;
	total->timed += tally->timed;
	total->timed_exact += tally->timed_exact;
	total->numbered += tally->numbered;
	total->numbered_exact += tally->numbered_exact;
	total->absent += tally->absent;
	total->unfinished += tally->unfinished;
	total->beyond += tally->beyond;
	total->asked += tally->asked;
	total->positive += tally->positive;
	total->controls += tally->controls;
	total->seen += tally->seen;
	total->steps += tally->steps;
	total->resyncs += tally->resyncs;
	total->rounds += tally->rounds;
	total->settled += tally->settled;
	total->unsettled += tally->unsettled;
	total->changed += tally->changed;
	total->added += tally->added;
	total->removed += tally->removed;
	total->execs += tally->execs;
	total->exits += tally->exits;
	total->reuses += tally->reuses;
	if (tally->wrong)
		table_wrong(total, "%s", tally->why);
	total->wrong += tally->wrong ? tally->wrong - 1 : 0;
}

static void end(struct staff *staff)
{
	mapsnap_table_free(staff->run.table);
	table_follower_free(&staff->follower);
	table_listener_free(&staff->listener);
	kernel_source_close();
	cast_end(&staff->run.cast);
	free(staff->resolvers);
	free(staff);
}

void table_torture_run(const struct table_settings *settings, struct table_tally *total)
{
	struct staff *staff = begin(settings);

	start_all(staff);
	timing_sleep(settings->seconds * 1000000000u);
	atomic_store(&staff->run.over, true);
	for (size_t i = 0; i < staff->threads_count; i++)
		pthread_join(staff->threads[i], NULL);
	check_afterwards(staff);
	*total = (struct table_tally){ 0 };
	add_up(total, &staff->refresher.tally);
	add_up(total, &staff->manager.tally);
	add_up(total, &staff->listener.tally);
	add_up(total, &staff->follower.tally);
	for (size_t i = 0; i < staff->count; i++)
		add_up(total, &staff->resolvers[i].tally);
	end(staff);
}
