/* SPDX-License-Identifier: BSD-2-Clause */
/* What it takes to watch processes that hardly ever change: mapsnapd beside an agent that reads. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "benches.h"
#include "child.h"
#include "herd.h"
#include "service.h"

#define MOST_CHANGES 16

/* Of each process, in the service. */
#define FILES 2

struct arena {
	const char *bench;
	const struct effort *effort;
	size_t processes;
	struct service *service;
	struct agent *agent;
	double seen_ns[MOST_CHANGES];
	size_t changes;
};

static bool one(size_t i)
{
	return i == 7;
}

/* Until all are held there is something to read. */
static void start_watching(struct arena *arena)
{
	static const char *const options[] = { "--name=mapsnap-bench", "--clients=8",
					       "--memory=1024", "--max-cpu=100", NULL };
	static const struct timespec a_moment = { .tv_nsec = 100000000 };
	static const char *const held = "mapsnapd_process_states{state=\"held\"}";

	arena->service = service_start(options);
	while (service_metric(arena->service, held) < (double)arena->processes) {
		contest_heed_stop();
		nanosleep(&a_moment, NULL);
	}
	/* What began lately may be looked at once more. */
	if (!arena->effort->tiny)
		sleep(10);
}

/* From the change until it is told. */
static void make_a_change(struct arena *arena, int connection)
{
	uint64_t began = now_ns();

	herd_change(one);
	service_await_change(connection);
	if (arena->changes < MOST_CHANGES)
		arena->seen_ns[arena->changes++] = (double)(now_ns() - began);
}

/* A change every few seconds, of one of all. */
static void live_on(struct arena *arena, unsigned int seconds)
{
	int connection = service_follow(arena->service, herd_pid(7));
	uint64_t end = now_ns() + seconds * 1000000000ull;
	struct timespec pause = { .tv_sec = arena->effort->tiny ? 0 : 2, .tv_nsec = 370000000 };

	do {
		make_a_change(arena, connection);
		contest_heed_stop();
		nanosleep(&pause, NULL);
	} while (now_ns() < end);
	close(connection);
}

static void print(const struct arena *arena, double service, double agent)
{
	double seen_ns[MOST_CHANGES];

	for (size_t i = 0; i < arena->changes; i++)
		seen_ns[i] = arena->seen_ns[i];
	printf("{\"bench\":\"%s\",\"setting\":\"%zu processes, 1/s\",\"processes\":%zu,"
	       "\"service_cpu\":%.6f,\"agent_cpu\":%.6f,\"ratio\":%.5f,\"changes\":%zu,"
	       "\"seen_s\":%.3f,\"seen_worst_s\":%.3f}\n",
	       arena->bench, arena->processes, arena->processes, service, agent, service / agent,
	       arena->changes, percentile(seen_ns, arena->changes, 50) / 1e9,
	       percentile(seen_ns, arena->changes, 100) / 1e9);
	contest_flush();
}

/* Of both at the same time, in processors. */
static void measure(struct arena *arena)
{
	uint64_t service = child_spent_ns(arena->service->pid),
		 agent = child_spent_ns(arena->agent->pid);
	uint64_t began = now_ns();
	double took;

	live_on(arena, arena->effort->tiny ? 1 : 20);
	took = (double)(now_ns() - began);
	service = child_spent_ns(arena->service->pid) - service;
	agent = child_spent_ns(arena->agent->pid) - agent;
	print(arena, (double)service / took, (double)agent / took);
}

static void watch(struct arena *arena)
{
	herd_start(arena->processes);
	start_watching(arena);
	arena->agent = agent_start(arena->processes);
	measure(arena);
	agent_stop(arena->agent);
	service_stop(arena->service);
	herd_stop();
}

static size_t most_processes(void)
{
	size_t most = herd_most(FILES) / 100 * 100;

	return most < 10000 ? most : 10000;
}

void bench_watch(const char *name, const struct effort *effort)
{
	const size_t sizes[] = { effort->tiny ? 50 : 1000, most_processes() };
	size_t n = effort->tiny ? 1 : sizeof(sizes) / sizeof(*sizes);

	if (!service_possible()) {
		fprintf(stderr,
			"mapsnap-bench: %s is left out: it takes root, and mapsnapd beside it\n",
			name);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct arena arena = { .bench = name, .effort = effort, .processes = sizes[i] };

		watch(&arena);
	}
}
