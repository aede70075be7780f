/* SPDX-License-Identifier: BSD-2-Clause */
#include "clients.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "forked.h"
#include "procfs.h"

struct peer *client_new(uid_t uid, gid_t gid, size_t group_count, const gid_t *groups)
{
	size_t size = group_count * sizeof(*groups);
	struct peer *client = calloc(1, sizeof(*client) + size);

	if (!client)
		abort();
	client->uid = uid;
	client->gid = gid;
	client->group_count = group_count;
	if (group_count)
		memcpy(client->groups, groups, size);
	return client;
}

void client_become(const struct peer *client)
{
	if (setgroups(client->group_count, client->groups) ||
	    setresgid(client->gid, client->gid, client->gid) ||
	    setresuid(client->uid, client->uid, client->uid) || prctl(PR_SET_DUMPABLE, 1) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(255);
}

static int open_maps(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	close(fd);
	return 0;
}

struct round {
	const struct peer *client;
	const pid_t *pids;
	size_t count;
	int *results; /* shared */
};

static void open_each(void *argument)
{
	const struct round *round = argument;

	client_become(round->client);
	for (size_t i = 0; i < round->count; i++)
		round->results[i] = open_maps(round->pids[i]);
}

void client_opens_each(const struct peer *client, const pid_t *pids, size_t count, int *results)
{
	size_t size = count * sizeof(*results);
	struct round round = { client, pids, count, NULL };

	round.results = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (round.results == MAP_FAILED || forked_status(forked(open_each, &round)))
		abort();
	memcpy(results, round.results, size);
	munmap(round.results, size);
}

int client_opens(const struct peer *client, pid_t pid)
{
	int result;

	client_opens_each(client, &pid, 1, &result);
	return result;
}

uint64_t client_start_time(pid_t pid)
{
	int dir = procfs_open_pid(&kernel_linux, pid);
	struct proc_stat stat;

	if (dir < 0)
		return 0;
	if (procfs_stat(&kernel_linux, dir, &stat))
		stat.start_time = 0;
	close(dir);
	return stat.start_time;
}

int client_judged(const struct gate *gate, const struct peer *client, pid_t pid,
		  uint64_t start_time)
{
	struct gate_case only = { .pid = pid, .start_time = start_time, .verdict = 1 };
	int r = gate_judge(gate, client, &only, 1);

	return r ? r : only.verdict;
}
