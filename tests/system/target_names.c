/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "target_end.h"

void target_names_without(const char *what)
{
	fprintf(stderr, "mapsnap-target: without %s: %s\n", what, strerror(errno));
}

void target_names_map_fd(int fd, const char *what)
{
	if (fd < 0) {
		target_names_without(what);
		return;
	}
	if (mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		target_names_without(what);
	close(fd);
}

static char *enter_directory(void)
{
	const char *parent = getenv("TMPDIR");
	char *path;

	if (asprintf(&path, "%s/mapsnap-names.XXXXXX", parent ? parent : "/tmp") < 0 ||
	    !mkdtemp(path) || chdir(path))
		die("cannot make a directory in %s", parent ? parent : "/tmp");
	return path;
}

static void leave_directory(char *path)
{
	if (chdir("/") || rmdir(path))
		die("cannot remove %s", path);
	free(path);
}

void target_names_run(void)
{
	char *directory = enter_directory();

	target_names_map_files();
	target_names_map_deep();
	target_names_map_mounts();
	target_names_map_memory();
	target_names_map_rings();
	puts("ready");
	fflush(stdout);
	target_end_within(TARGET_FOR_EVER);
	target_names_remove_deep();
	target_names_remove_files();
	leave_directory(directory);
}
