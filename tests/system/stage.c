/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "forked.h"

#define PLAY     "play"
#define PATIENCE 10000 /* ms */

struct entry {
	const char *role;
	int fd;
};

static void enter(void *argument)
{
	const struct entry *entry = argument;
	char number[16];

	snprintf(number, sizeof(number), "%d", entry->fd);
	execl("/proc/self/exe", PLAY, entry->role, number, NULL);
	_exit(127);
}

static struct stage *map(int fd)
{
	void *stage = mmap(NULL, sizeof(struct stage), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (stage == MAP_FAILED)
		abort();
	return stage;
}

struct actor stage_enter(const char *role)
{
	struct entry entry = { role, memfd_create("stage", 0) };
	struct actor actor;

	if (ftruncate(entry.fd, sizeof(struct stage)))
		abort();
	actor.stage = map(entry.fd);
	actor.stage->test = getpid();
	actor.pid = forked(enter, &entry);
	close(entry.fd);
	forked_continue(actor.pid);
	return actor;
}

void stage_leave(struct actor *actor)
{
	int other = atomic_load(&actor->stage->other);

	forked_kill(actor->pid);
	if (other)
		kill(other, SIGKILL);
	munmap(actor->stage, sizeof(*actor->stage));
}

bool stage_goes_on(const struct stage *stage, unsigned int runner)
{
	unsigned long before = atomic_load(&stage->beats[runner]);

	for (unsigned int i = 0; i < PATIENCE; i++) {
		if (atomic_load(&stage->beats[runner]) != before)
			return true;
		usleep(1000);
	}
	return false;
}

static bool is_traced(int task, const char *tid)
{
	char path[64], text[512];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/status", tid);
	fd = openat(task, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return !strstr(text, "\nTracerPid:\t0\n");
}

bool stage_traced(pid_t pid)
{
	struct dirent *entry;
	bool traced = false;
	char path[32];
	DIR *task;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	task = opendir(path);
	while (task && !traced && (entry = readdir(task)))
		traced = entry->d_name[0] != '.' && is_traced(dirfd(task), entry->d_name);
	if (task)
		closedir(task);
	return traced;
}

void stage_main(int argc, char **argv)
{
	struct stage *stage;

	if (argc != 3 || strcmp(argv[0], PLAY) != 0)
		return;
	stage = map(atoi(argv[2]));
	setenv("STAGE", argv[2], 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != stage->test)
		_exit(0);
	if (atomic_fetch_add(&stage->starts, 1) == 0)
		forked_pause();
	for (const struct stage_role *role = stage_roles; role->name; role++)
		if (strcmp(role->name, argv[1]) == 0)
			role->play(stage);
	_exit(126);
}
