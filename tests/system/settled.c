/* SPDX-License-Identifier: BSD-2-Clause */
#include "settled.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE 10000 /* ms */

/* As long as it has not called exec it runs our own program. */
static bool runs_another_program(pid_t pid)
{
	char path[32];
	struct stat ours, its;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (stat("/proc/self/exe", &ours) || stat(path, &its))
		return false;
	return its.st_ino != ours.st_ino || its.st_dev != ours.st_dev;
}

/* Field 3 of stat; 'X' where there is none. */
static char state_of(pid_t pid)
{
	char path[32], line[512] = "", *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 'X';
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	state = strrchr(line, ')');
	return state ? state[2] : 'X';
}

bool settled(pid_t pid)
{
	for (unsigned int i = 0; i < PATIENCE; i++) {
		char state = state_of(pid);

		if (state == 'Z' || state == 'X')
			return false;
		if (state == 'S' && runs_another_program(pid))
			return true;
		usleep(1000);
	}
	return false;
}

bool await_state(pid_t pid, char state)
{
	for (unsigned int i = 0; i < PATIENCE; i++) {
		if (state_of(pid) == state)
			return true;
		usleep(1000);
	}
	return false;
}

bool has_state(pid_t pid, char state)
{
	return state_of(pid) == state;
}
