/* SPDX-License-Identifier: BSD-2-Clause */
/* As a profiler does it: samples are drawn, the table is brought up to date, they are resolved. */
#include "attribution.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "die.h"
#include "plugins.h"
#include "sampler.h"

#define BATCH   4096
#define HISTORY 16

/* What is taken down of an answer: it is judged when all is over. */
struct claim {
	uint64_t address, time_ns;
	uint32_t plugin; /* PLUGINS: of none; or file and build-id are not of the same */
	uint32_t found;
	uint32_t moment;
};

struct run {
	const struct attribution_settings *settings;
	struct plugins *plugins;
	struct sampler sampler;
	struct mapsnap_table *table;
	struct mapsnap *start;
	struct claim *claims;
	size_t count, room;
};

static void expect(int r, const char *what)
{
	if (r == 0)
		return;
	errno = -r;
	die("%s", what);
}

static void open_table(struct run *run)
{
	struct mapsnap_options read = {
		.size = sizeof(read),
		.filter = MAPSNAP_EXECUTE,
		.sequence = run->settings->sequence,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_table_options options = {
		.size = sizeof(options),
		.read = &read,
		.history = HISTORY,
	};

	expect(mapsnap_table_new(&options, &run->table), "cannot make a table");
	expect(mapsnap_table_add(run->table, run->plugins->pid),
	       "cannot take the process into the table");
	expect(mapsnap_table_get(run->table, run->plugins->pid, &run->start, NULL),
	       "cannot get its first snapshot");
}

static uint32_t plugin_of(const struct plugins *plugins, const struct mapsnap_answer *answer)
{
	const struct mapsnap_build_id *id = answer->build_id;
	uint32_t plugin;

	if (!answer->mapping || !id)
		return PLUGINS;
	plugin = plugins_of_path(plugins, answer->mapping->path);
	return plugin == plugins_of_build_id(plugins, id->bytes, id->length) ? plugin : PLUGINS;
}

static void note(struct run *run, const struct mapsnap_sample *sample,
		 const struct mapsnap_answer *answer)
{
	if (run->count == run->room) {
		run->room = run->room ? 2 * run->room : BATCH;
		run->claims = realloc(run->claims, run->room * sizeof(*run->claims));
		if (!run->claims)
			die("no memory for the samples");
	}
	run->claims[run->count++] = (struct claim){
		.address = sample->address,
		.time_ns = sample->time_ns,
		.plugin = plugin_of(run->plugins, answer),
		.found = answer->found,
		.moment = answer->moment,
	};
}

static void resolve(struct run *run, const struct mapsnap_sample *samples, size_t n)
{
	static struct mapsnap_answer answers[BATCH];

	mapsnap_table_enter();
	expect(mapsnap_table_resolve_samples(run->table, run->plugins->pid, samples, n, answers),
	       "cannot resolve samples");
	for (size_t i = 0; i < n; i++)
		note(run, &samples[i], &answers[i]);
	mapsnap_table_leave();
}

static struct drawn {
	struct mapsnap_sample samples[BATCH];
	size_t count;
} drawn[2];

/*
 * Samples first, and what was drawn in the round before is resolved: by then all is
 * known of its moment, when the snapshot after it was made and until when that held.
 */
static void go_round(struct run *run, uint64_t number)
{
	struct drawn *now = &drawn[number % 2], *before = &drawn[(number + 1) % 2];

	now->count = sampler_take(&run->sampler, now->samples, BATCH);
	expect(mapsnap_table_refresh(run->table, NULL), "cannot bring the table up to date");
	resolve(run, before->samples, before->count);
}

static uint64_t go_on(struct run *run)
{
	uint64_t period = SECOND / run->settings->rate;
	uint64_t next = now_ns(), end = next + run->settings->seconds * SECOND, rounds = 0;

	while (now_ns() < end) {
		struct timespec until;

		go_round(run, rounds++);
		next += period;
		until = (struct timespec){ (time_t)(next / SECOND), (long)(next % SECOND) };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	return rounds;
}

static void count(struct attribution_tally *tally, uint32_t claimed, uint32_t truth)
{
	if (claimed == truth)
		tally->right++;
	else if (claimed == PLUGINS)
		tally->unknown++;
	else
		tally->wrong++;
}

/* A map that is never brought up to date. A file had the same build-id at any time. */
static uint32_t plugin_at_start(const struct run *run, uint64_t address)
{
	const struct mapsnap_mapping *mapping = mapsnap_find(run->start, address);

	return mapping ? plugins_of_path(run->plugins, mapping->path) : PLUGINS;
}

/* What is said to be exact, and is not so, is wrong, also where it is said to be nothing. */
static void judge_table(struct attribution_result *result, const struct claim *claim,
			uint32_t truth)
{
	if (claim->moment != MAPSNAP_MOMENT_EXACT)
		count(&result->near, claim->plugin, truth);
	else if (claim->plugin == truth)
		result->exact.right++;
	else
		result->exact.wrong++;
}

static void judge(const struct run *run, struct attribution_result *result)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct claim *claim = &run->claims[i];
		uint32_t truth = plugins_at(run->plugins, claim->address, claim->time_ns);

		if (truth == PLUGINS) {
			result->others++;
			continue;
		}
		result->samples++;
		judge_table(result, claim, truth);
		count(&result->start, plugin_at_start(run, claim->address), truth);
	}
}

static void count_calls(const struct plugins *plugins, struct attribution_result *result)
{
	result->calls = plugins->count;
	for (size_t i = 1; i < result->calls; i++)
		result->reused += plugins->calls[i].start == plugins->calls[i - 1].start;
}

void attribution_run(const struct attribution_settings *settings, struct attribution_result *result)
{
	struct run run = { .settings = settings };

	*result = (struct attribution_result){ 0 };
	run.plugins = plugins_start(settings->life_ms * 1000000);
	expect(sampler_open(&run.sampler, run.plugins->pid, settings->period_us * 1000),
	       "cannot sample by perf_event_open(2), which takes CAP_PERFMON or a "
	       "kernel.perf_event_paranoid of 2 or less");
	open_table(&run);
	result->rounds = go_on(&run);
	plugins_stop(run.plugins);
	judge(&run, result);
	count_calls(run.plugins, result);
	result->lost = run.sampler.lost;
	sampler_close(&run.sampler);
	mapsnap_unref(run.start);
	mapsnap_table_free(run.table);
	plugins_free(run.plugins);
	free(run.claims);
}
