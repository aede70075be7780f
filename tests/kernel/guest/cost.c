/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions per operation, in a guest whose time is instructions: QEMU with
 * -icount shift=0 counts the time stamp on by one for each. As init of such a
 * guest it mounts what it needs and switches the guest off at the end.
 *
 * With the last argument "log" somebody has what changes logged meanwhile.
 * Output: "cost: INSTRUCTIONS NAME" a line.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#include "uapi/procmap_seq.h"
#include "uapi/procmap_snapshot.h"

#define PAGE     4096UL
#define MOST     4000
#define MAPPINGS 1000

static char *pages;
static char *many; /* every other page is a mapping of its own */
static int maps;

static void map_and_unmap(void)
{
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(at, PAGE);
}

/* Of a whole mapping: there and back. */
static void protect_twice(void)
{
	mprotect(pages, PAGE, PROT_READ);
	mprotect(pages, PAGE, PROT_READ | PROT_WRITE);
}

/* Reading it maps the zero page: what remains is as much the fault itself as can be. */
static void drop_page(void)
{
	madvise(pages, PAGE, MADV_DONTNEED);
}

static void fault(void)
{
	*(volatile char *)pages;
}

static void fork_and_wait(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void lock_all(void)
{
	mlockall(MCL_CURRENT);
	munlockall();
}

/* The same few over and over, or more than a log holds. */
static void protect_in_turn(unsigned int mappings)
{
	static unsigned int next;
	char *at = many + 2 * (next++ % mappings) * PAGE;

	mprotect(at, PAGE, PROT_READ | PROT_WRITE);
	mprotect(at, PAGE, PROT_READ);
}

static void protect_few(void)
{
	protect_in_turn(100);
}

static void protect_many(void)
{
	protect_in_turn(MAPPINGS / 2);
}

static void ask(void)
{
	struct procmap_seq request = { .size = sizeof(request) };

	ioctl(maps, PROCMAP_SEQ, &request);
}

/* Alternating protections, so that none merge. */
static void map_many(void)
{
	many = mmap(NULL, 2 * MAPPINGS * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < MAPPINGS / 2; i++)
		mprotect(many + 2 * i * PAGE, PAGE, PROT_READ);
}

struct measured {
	const char *name;
	unsigned int times;
	void (*before)(void); /* each time, not counted; or NULL */
	void (*operation)(void);
	void (*once)(void); /* first of all, or NULL */
};

static const struct measured list[] = {
	{ "mmap and munmap", MOST, NULL, map_and_unmap, NULL },
	{ "mprotect, twice", MOST, NULL, protect_twice, NULL },
	{ "page fault", MOST, drop_page, fault, NULL },
	{ "fork, exit and wait", 400, NULL, fork_and_wait, NULL },
	{ "the same with 1000 mappings more", 100, NULL, fork_and_wait, map_many },
	{ "mlockall and munlockall of them", 100, NULL, lock_all, NULL },
	{ "mprotect, twice, of 100 in turn", MOST, NULL, protect_few, NULL },
	{ "mprotect, twice, of 500 in turn", MOST, NULL, protect_many, NULL },
	{ "PROCMAP_SEQ", MOST, NULL, ask, NULL },
};

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The mean of the middle half: timer interrupts and refilled caches of the allocator lie outside.
 */
static double middle_mean(uint64_t *counts, unsigned int n)
{
	double sum = 0;

	qsort(counts, n, sizeof(*counts), by_size);
	for (unsigned int i = n / 4; i < n - n / 4; i++)
		sum += (double)counts[i];
	return sum / (n - 2 * (n / 4));
}

/* The first round only warms up. */
static double measure(const struct measured *m)
{
	static uint64_t counts[MOST];

	for (unsigned int round = 0; round < 2; round++)
		for (unsigned int i = 0; i < m->times; i++) {
			uint64_t begin;

			if (m->before)
				m->before();
			begin = __rdtsc();
			m->operation();
			counts[i] = __rdtsc() - begin;
		}
	return middle_mean(counts, m->times);
}

/* Until the program ends. */
static void have_it_logged(void)
{
	struct procmap_snapshot request = {
		.size = sizeof(request),
		.flags = PROCMAP_SNAPSHOT_LOG,
		.end = 1,
	};

	if (ioctl(maps, PROCMAP_SNAPSHOT, &request) || !request.cookie)
		printf("cost: there is no log\n");
}

int main(int argc, char **argv)
{
	if (getpid() == 1 && (mkdir("/proc", 0755) || mount("proc", "/proc", "proc", 0, NULL)))
		return 1;
	maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	pages = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* The kernel puts words of its own that it does not know before it. */
	if (strcmp(argv[argc - 1], "log") == 0)
		have_it_logged();
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i].once)
			list[i].once();
		printf("cost: %.1f %s\n", measure(&list[i]), list[i].name);
		fflush(stdout);
	}
	if (getpid() == 1)
		reboot(RB_AUTOBOOT);
	return 0;
}
