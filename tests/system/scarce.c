/* SPDX-License-Identifier: BSD-2-Clause */
#include "scarce.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define LIMIT 64

static struct rlimit before;
static int taken[LIMIT];
static unsigned int taken_count;

static unsigned int take_all(void)
{
	unsigned int count = 0;

	while (taken_count < LIMIT &&
	       (taken[taken_count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0) {
		taken_count++;
		count++;
	}
	return count;
}

void scarce_descriptors(unsigned int left)
{
	struct rlimit few;

	getrlimit(RLIMIT_NOFILE, &before);
	few = (struct rlimit){ .rlim_cur = LIMIT, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	take_all();
	while (left-- && taken_count)
		close(taken[--taken_count]);
}

unsigned int plenty_of_descriptors(void)
{
	unsigned int left = take_all();

	while (taken_count)
		close(taken[--taken_count]);
	setrlimit(RLIMIT_NOFILE, &before);
	return left;
}
