/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table of many processes takes: memory, descriptors, and time to keep it up to date. */
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "benches.h"
#include "herd.h"
#include "mapsnap-table.h"
#include "memory.h"
#include "source.h"

#define MOST_ROUNDS    101
#define MOST_PROCESSES 10000

/* Of each process. */
#define FILES 2

struct content {
	const char *name;
	uint32_t filter;
	uint32_t omit;
};

static const struct content contents[] = {
	{ .name = "all mappings" },
	{ .name = "executable", .filter = MAPSNAP_EXECUTE },
	{ .name = "no names", .omit = MAPSNAP_OMIT_NAMES },
	{ .name = "executable, no names", .filter = MAPSNAP_EXECUTE, .omit = MAPSNAP_OMIT_NAMES },
};

#define CONTENTS (sizeof(contents) / sizeof(*contents))

struct arena {
	const char *bench;
	const struct effort *effort;
	const struct source *source;
	const struct content *content;
	size_t processes;
	struct mapsnap_table *table;
};

struct cost {
	size_t resident, descriptors, mappings;
	double add_ns[MOST_PROCESSES];
	double idle_ns[MOST_ROUNDS], changed_ns[MOST_ROUNDS];
	size_t rounds;
};

/* Bytes of this program that are in memory. */
static size_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	size_t all, pages;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel writes numbers there */
	if (!file || fscanf(file, "%zu %zu", &all, &pages) != 2)
		die("cannot read /proc/self/statm");
	fclose(file);
	return pages * page_size();
}

static size_t count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	if (!folder)
		die("cannot read /proc/self/fd");
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void new_table(struct arena *arena)
{
	struct mapsnap_options read = {
		.size = sizeof(read),
		.filter = arena->content->filter,
		.omit = arena->content->omit,
		.sequence = arena->source->sequence,
	};
	struct mapsnap_table_options options = { .size = sizeof(options), .read = &read };
	int r = mapsnap_table_new(&options, &arena->table);

	if (r)
		die("cannot make a table: %s", strerror(-r));
}

static void add_all(struct arena *arena, struct cost *cost)
{
	for (size_t i = 0; i < arena->processes; i++) {
		uint64_t began = spent_ns();
		int r = mapsnap_table_add(arena->table, herd_pid(i));

		cost->add_ns[i] = (double)(spent_ns() - began);
		if (r)
			die("cannot take in process number %zu: %s", i, strerror(-r));
		contest_heed_stop();
	}
}

static void count_mappings(const struct arena *arena, struct cost *cost)
{
	cost->mappings = 0;
	for (size_t i = 0; i < arena->processes; i++) {
		struct mapsnap_member member;

		if (mapsnap_table_member(arena->table, herd_pid(i), &member))
			die("process number %zu is not in the table", i);
		cost->mappings += member.mappings;
	}
}

static void fill(struct arena *arena, struct cost *cost)
{
	size_t before, descriptors = count_descriptors();

	malloc_trim(0);
	before = resident();
	new_table(arena);
	add_all(arena, cost);
	cost->resident = resident() - before;
	cost->descriptors = count_descriptors() - descriptors;
	count_mappings(arena, cost);
}

static bool one_in_hundred(size_t i)
{
	return i % 100 == 49;
}

static double time_round(const struct arena *arena, size_t changed)
{
	struct mapsnap_table_round round;
	uint64_t began = spent_ns(), took;
	int r = mapsnap_table_refresh(arena->table, &round);

	took = spent_ns() - began;
	if (r)
		die("cannot bring the table up to date: %s", strerror(-r));
	if (round.asked != arena->processes || round.changed != changed)
		die("%zu processes of %zu changed, and %u are told", changed, arena->processes,
		    round.changed);
	return (double)took;
}

static void keep_up(const struct arena *arena, struct cost *cost)
{
	uint64_t end = now_ns() + arena->effort->budget_ns;

	time_round(arena, 0);
	cost->rounds = 0;
	while (cost->rounds < arena->effort->least_rounds ||
	       (cost->rounds < MOST_ROUNDS && now_ns() < end)) {
		cost->idle_ns[cost->rounds] = time_round(arena, 0);
		herd_change(one_in_hundred);
		cost->changed_ns[cost->rounds++] = time_round(arena, arena->processes / 100);
		contest_heed_stop();
	}
}

static void print(const struct arena *arena, struct cost *cost)
{
	double processes = (double)arena->processes;

	printf("{\"bench\":\"%s\",\"setting\":\"%zu, %s\",\"source\":\"%s\",\"mappings_each\":%.1f,"
	       "\"bytes\":%llu,\"bytes_each\":%.0f,\"resident\":%zu,\"resident_each\":%.0f,"
	       "\"descriptors\":%zu,\"add_ns\":%.0f,\"idle_round_ns\":%.0f,"
	       "\"changed_round_ns\":%.0f,\"rounds\":%zu}\n",
	       arena->bench, arena->processes, arena->content->name, arena->source->name,
	       (double)cost->mappings / processes,
	       (unsigned long long)mapsnap_table_memory(arena->table),
	       (double)mapsnap_table_memory(arena->table) / processes, cost->resident,
	       (double)cost->resident / processes, cost->descriptors,
	       percentile(cost->add_ns, arena->processes, 50),
	       percentile(cost->idle_ns, cost->rounds, 50),
	       percentile(cost->changed_ns, cost->rounds, 50), cost->rounds);
	contest_flush();
}

static size_t most_processes(void)
{
	size_t most = herd_most(FILES) / 100 * 100;

	return most < MOST_PROCESSES ? most : MOST_PROCESSES;
}

void bench_table(const char *name, const struct effort *effort)
{
	static struct cost cost;
	struct source source;
	struct arena arena = {
		.bench = name,
		.effort = effort,
		.source = &source,
		.processes = effort->tiny ? 100 : most_processes(),
	};

	if (!source_open(name, &source))
		return;
	herd_start(arena.processes);
	for (size_t i = 0; i < CONTENTS; i++) {
		arena.content = &contents[i];
		fill(&arena, &cost);
		keep_up(&arena, &cost);
		print(&arena, &cost);
		mapsnap_table_free(arena.table);
	}
	herd_stop();
	source_close(&source);
}
