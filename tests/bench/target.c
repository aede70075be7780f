/* SPDX-License-Identifier: BSD-2-Clause */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contest.h"
#include "memory.h"

#define FILES      400
#define GROUP      5 /* mappings of one file in a row, as a shared object has */
#define PART_PAGES 128
#define FILE_PAGES (GROUP * PART_PAGES)

/* Of the program and not of a call: exit() has to clean up from anywhere. */
static pid_t child;
static char folder[64];

static void file_path(char path[128], size_t i)
{
	snprintf(path, 128, "%s/libexample-%03zu.so.1.2.3", folder, i % FILES);
}

static void create_files(void)
{
	char path[128];

	strcpy(folder, "/tmp/mapsnap-bench.XXXXXX");
	if (!mkdtemp(folder)) {
		folder[0] = '\0';
		die("cannot create a folder in /tmp: %s", strerror(errno));
	}
	for (size_t i = 0; i < FILES; i++) {
		int fd;

		file_path(path, i);
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
		if (fd < 0 || ftruncate(fd, (off_t)(FILE_PAGES * page_size())) < 0)
			die("cannot create %s: %s", path, strerror(errno));
		close(fd);
	}
}

static void remove_files(void)
{
	char path[128];

	for (size_t i = 0; i < FILES; i++) {
		file_path(path, i);
		unlink(path);
	}
	rmdir(folder);
	folder[0] = '\0';
}

/* Without stdio, whose buffers would be mapped meanwhile. */
static size_t count_own_mappings(void)
{
	static char text[4096];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t lines = 0;
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += text[i] == '\n';
	close(fd);
	return lines;
}

/* From one page to 64, as of a real process: not all in a row end in the same digits. */
static size_t size_of(size_t i)
{
	return (1 + (i * 0x9e3779b97f4a7c15u >> 58)) * page_size();
}

static size_t total_size(size_t mappings)
{
	size_t total = 0;

	for (size_t i = 0; i < mappings; i++)
		total += size_of(i);
	return total;
}

/* As thread stacks and their guards: neighbours do not merge. */
static int map_anonymous(char *at, size_t mappings)
{
	for (size_t i = 0; i < mappings; at += size_of(i), i++)
		if (i % 2 && mprotect(at, size_of(i), PROT_READ | PROT_WRITE) < 0)
			return -errno;
	return 0;
}

static int permissions(size_t i)
{
	size_t group = i / GROUP, in_group = i % GROUP;

	if (in_group == 1 && group % 2)
		return PROT_READ | PROT_EXEC;
	return in_group == GROUP - 1 ? PROT_READ | PROT_WRITE : PROT_READ;
}

/* Each a part of its file that does not touch the one before: neighbours do not merge. */
static int map_files(char *at, size_t mappings)
{
	int fd = -1;

	for (size_t i = 0; i < mappings; at += size_of(i), i++) {
		if (i % GROUP == 0) {
			char path[128];

			if (fd >= 0)
				close(fd);
			file_path(path, i / GROUP);
			fd = open(path, O_RDONLY | O_CLOEXEC);
		}
		if (mmap(at, size_of(i), permissions(i), MAP_PRIVATE | MAP_FIXED, fd,
			 (off_t)(i % GROUP * PART_PAGES * page_size())) == MAP_FAILED)
			return -errno;
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static int make_mappings(enum target_backing backing, size_t mappings)
{
	size_t own = count_own_mappings();
	char *at;

	if (own >= mappings)
		return -ERANGE;
	mappings -= own;
	at = mmap(NULL, total_size(mappings), PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return -errno;
	return backing == TARGET_FILES ? map_files(at, mappings) : map_anonymous(at, mappings);
}

static void sleep_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

static void settle(pid_t parent, int ready, enum target_backing backing, size_t mappings)
{
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	r = make_mappings(backing, mappings);
	if (write(ready, &r, sizeof(r)) != sizeof(r))
		_exit(1);
}

pid_t target_start(enum target_backing backing, size_t mappings)
{
	return target_start_acting(backing, mappings, sleep_for_ever, NULL);
}

pid_t target_start_acting(enum target_backing backing, size_t mappings, void (*act)(void *context),
			  void *context)
{
	static bool registered;
	pid_t self = getpid();
	int ready[2];
	int r = -EPIPE;

	if (!registered && atexit(target_stop) != 0)
		die("out of memory");
	registered = true;
	if (backing == TARGET_FILES)
		create_files();
	if (pipe2(ready, O_CLOEXEC) < 0)
		die("cannot create a pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		die("cannot fork: %s", strerror(errno));
	if (child == 0) {
		settle(self, ready[1], backing, mappings);
		act(context);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &r, sizeof(r)) != sizeof(r) || r < 0)
		die("the target cannot make %zu mappings: %s%s", mappings, strerror(-r),
		    r == -ENOMEM ? "; raise vm.max_map_count to 65530 at least" : "");
	close(ready[0]);
	return child;
}

void target_stop(void)
{
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = 0;
	if (folder[0])
		remove_files();
}
