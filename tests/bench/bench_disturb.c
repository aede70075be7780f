/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process feels of being read. */
#include <stdio.h>
#include <string.h>

#include "benches.h"
#include "child.h"
#include "reader.h"
#include "worker.h"

#define MOST_ROUNDS 21

struct work {
	const char *name;
	struct worker_task task;
	bool crowded; /* another process keeps the reader from its processor */
};

static const struct work works[] = {
	{ .name = "maps" },
	{ .name = "maps 100/s", .task.pairs_per_second = 100 },
	{ .name = "maps, crowded", .crowded = true },
	{ .name = "faults", .task.fault = true },
};

/* Of one reader, a value for each round. */
struct tally {
	double p50[MOST_ROUNDS];
	double p99[MOST_ROUNDS];
	double p999[MOST_ROUNDS];
	double worst[MOST_ROUNDS];
	double faults[MOST_ROUNDS];
	double reads[MOST_ROUNDS]; /* a second */
};

struct arena {
	const char *bench;
	const struct effort *effort;
	const struct source *source;
	struct worker *worker;
	size_t mappings;
	const struct work *work;
	size_t rounds;
	struct tally tallies[READER_HABITS];
	enum reader_habit habits[READER_HABITS]; /* those that this kernel has */
	size_t nr_habits;
};

static void note(const struct arena *arena, struct tally *tally)
{
	struct worker *worker = arena->worker;
	size_t i = arena->rounds;

	if (arena->work->task.fault) {
		tally->faults[i] = worker->faults_per_second;
		return;
	}
	tally->p50[i] = percentile(worker->took_ns, worker->pairs, 50);
	tally->p99[i] = percentile(worker->took_ns, worker->pairs, 99);
	tally->p999[i] = percentile(worker->took_ns, worker->pairs, 99.9);
	tally->worst[i] = percentile(worker->took_ns, worker->pairs, 100);
}

static void spin(void *unused)
{
	(void)unused;
	for (;;)
		;
}

static void work_in_crowd(const struct arena *arena, const struct worker_task *task)
{
	pid_t crowd = child_start(spin, NULL);

	worker_do(arena->worker, task);
	child_stop(crowd);
}

/* The reader reads before the target begins, and until after it has ended. */
static void take_turn(struct arena *arena, enum reader_habit habit)
{
	struct reader *reader = reader_start(habit, arena->source, arena->worker->pid);
	uint64_t begin = now_ns(), reads = reader_reads(reader);
	struct worker_task task = arena->work->task;
	struct tally *tally = &arena->tallies[habit];

	task.duration_ns = arena->effort->budget_ns / 4;
	if (arena->work->crowded)
		work_in_crowd(arena, &task);
	else
		worker_do(arena->worker, &task);
	reads = reader_reads(reader) - reads;
	tally->reads[arena->rounds] = (double)reads * 1e9 / (double)(now_ns() - begin);
	reader_stop(reader);
	note(arena, tally);
	contest_heed_stop();
}

/* Who begins changes each round. */
static void hold_round(struct arena *arena)
{
	for (size_t i = 0; i < arena->nr_habits; i++)
		take_turn(arena, arena->habits[(arena->rounds + i) % arena->nr_habits]);
	arena->rounds++;
}

static void print_feeling(const struct arena *arena, struct tally *tally)
{
	size_t n = arena->rounds;

	if (arena->work->task.fault)
		printf("\"faults_per_second\":%.0f,", percentile(tally->faults, n, 50));
	else
		printf("\"p50_ns\":%.1f,\"p99_ns\":%.1f,\"p999_ns\":%.1f,\"worst_ns\":%.1f,"
		       "\"worst_ever_ns\":%.1f,",
		       percentile(tally->p50, n, 50), percentile(tally->p99, n, 50),
		       percentile(tally->p999, n, 50), percentile(tally->worst, n, 50),
		       percentile(tally->worst, n, 100));
}

static void print_tally(const struct arena *arena, enum reader_habit habit, struct tally *tally)
{
	printf("{\"bench\":\"%s\",\"setting\":\"%zu file-backed, %s\",\"mappings\":%zu,"
	       "\"work\":\"%s\",\"reader\":\"%s\",\"source\":\"%s\",",
	       arena->bench, arena->mappings, arena->work->name, arena->mappings, arena->work->name,
	       reader_name(habit), arena->source->name);
	print_feeling(arena, tally);
	printf("\"reads_per_second\":%.2f,\"rounds\":%zu}\n",
	       percentile(tally->reads, arena->rounds, 50), arena->rounds);
	contest_flush();
}

static void forget(struct arena *arena)
{
	arena->rounds = 0;
	memset(arena->tallies, 0, sizeof(arena->tallies));
}

/* The first round fills caches and heaps, and does not count. */
static void measure(struct arena *arena)
{
	hold_round(arena);
	forget(arena);
	while (arena->rounds < arena->effort->least_rounds / 3)
		hold_round(arena);
	for (size_t i = 0; i < arena->nr_habits; i++)
		print_tally(arena, arena->habits[i], &arena->tallies[arena->habits[i]]);
}

static void find_habits(struct arena *arena)
{
	for (int i = 0; i < READER_HABITS; i++)
		if (i <= READER_AGENT || reader_possible((enum reader_habit)i, arena->worker->pid))
			arena->habits[arena->nr_habits++] = (enum reader_habit)i;
}

static void measure_size(struct arena *arena)
{
	static const size_t n = sizeof(works) / sizeof(*works);

	arena->worker = worker_start(TARGET_FILES, arena->mappings);
	find_habits(arena);
	for (size_t i = 0; i < n; i++) {
		forget(arena);
		arena->work = &works[i];
		measure(arena);
	}
	worker_stop(arena->worker);
}

void bench_disturb(const char *name, const struct effort *effort)
{
	static const size_t sizes[] = { 1000, 30000 };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);
	struct source source;

	if (!source_open(name, &source))
		return;
	for (size_t i = 0; i < n; i++) {
		struct arena arena = {
			.bench = name,
			.effort = effort,
			.source = &source,
			.mappings = sizes[i],
		};

		measure_size(&arena);
	}
	source_close(&source);
}
