/* SPDX-License-Identifier: BSD-2-Clause */
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch scratch = { .directory = "/tmp/mapsnap-test.XXXXXX" };

int scratch_make(void **state)
{
	(void)state;
	if (!mkdtemp(scratch.directory) || chmod(scratch.directory, 0777))
		return -1;
	snprintf(scratch.path, sizeof(scratch.path), "%s/file", scratch.directory);
	snprintf(scratch.other_path, sizeof(scratch.other_path), "%s/other", scratch.directory);
	return 0;
}

int scratch_remove(void **state)
{
	(void)state;
	return rmdir(scratch.directory);
}

void scratch_tidy(void)
{
	unlink(scratch.path);
	unlink(scratch.other_path);
}
