/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "contest.h"
#include "herd.h"
#include "memory.h"
#include "reference.h"

static const struct timespec a_moment = { .tv_nsec = 10000000 };

struct job {
	struct agent *agent;
	size_t processes;
};

static void read_one(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || bare_read(fd) == 0)
		die("process %d has no mappings", pid);
	close(fd);
}

/* To absolute times, as far as it keeps up with them. */
static void read_all_for_ever(void *context)
{
	const struct job *job = context;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		for (size_t i = 0; i < job->processes; i++)
			read_one(herd_pid(i));
		job->agent->rounds++;
		next.tv_sec++;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}

struct agent *agent_start(size_t processes)
{
	struct agent *agent = map_memory(sizeof(*agent), MAP_SHARED);
	struct job job = { agent, processes };

	agent->pid = child_start(read_all_for_ever, &job);
	while (agent->rounds == 0) {
		child_expect_alive(agent->pid);
		nanosleep(&a_moment, NULL);
	}
	return agent;
}

void agent_stop(struct agent *agent)
{
	child_stop(agent->pid);
	munmap(agent, sizeof(*agent));
}
