/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_target.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz_random.h"

#define PAGE 4096UL
#define MOST 8 /* pages of one mapping */

struct change {
	struct fuzz_random random;
	char *room;
	int file; /* another one every now and then, without a name before long */
};

static char *some_pages(struct change *c, size_t *size)
{
	uint64_t pages = 1 + fuzz_below(&c->random, MOST);

	*size = pages * PAGE;
	return c->room + fuzz_below(&c->random, FUZZ_TARGET_PAGES - pages + 1) * PAGE;
}

static int some_protection(struct change *c)
{
	return (int)fuzz_below(&c->random, 8) & (PROT_READ | PROT_WRITE | PROT_EXEC);
}

static void map_anonymous(struct change *c)
{
	int shared = fuzz_one_in(&c->random, 4) ? MAP_SHARED : MAP_PRIVATE;
	size_t size;
	char *at = some_pages(c, &size);

	mmap(at, size, some_protection(c), shared | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void map_file(struct change *c)
{
	off_t offset = (off_t)(fuzz_below(&c->random, 64) * PAGE);
	size_t size;
	char *at = some_pages(c, &size);

	mmap(at, size, some_protection(c), MAP_PRIVATE | MAP_FIXED, c->file, offset);
}

static void take_another_file(struct change *c)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), "fuzz-%d-%llu", getpid(),
		 (unsigned long long)fuzz_below(&c->random, 16));
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fuzz_one_in(&c->random, 2))
		unlink(path);
	if (file >= 0)
		dup3(file, c->file, O_CLOEXEC);
	close(file);
}

static void unmap(struct change *c)
{
	size_t size;
	char *at = some_pages(c, &size);

	munmap(at, size);
}

static void protect(struct change *c)
{
	size_t size;
	char *at = some_pages(c, &size);

	mprotect(at, size, some_protection(c));
}

static void move(struct change *c)
{
	size_t size, other;
	char *from = some_pages(c, &size), *to = some_pages(c, &other);

	mremap(from, size, other, MREMAP_MAYMOVE | MREMAP_FIXED, to);
}

static void name(struct change *c)
{
	static const char *const names[] = { NULL, "a", "another name", "a third, longer one" };
	size_t size;
	char *at = some_pages(c, &size);

	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, size, names[fuzz_below(&c->random, 4)]);
}

static void move_brk(struct change *c)
{
	static const intptr_t steps[] = { PAGE, -(intptr_t)PAGE };

	sbrk(steps[fuzz_below(&c->random, 2)]);
}

static void fork_child(struct change *c)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	(void)c;
	waitpid(pid, NULL, 0);
}

static void change(struct change *c)
{
	static void (*const often[])(struct change *) = { map_anonymous, map_file, unmap,
							  protect,       move,     name };
	static void (*const rarely[])(struct change *) = { take_another_file, move_brk,
							   fork_child };

	if (fuzz_one_in(&c->random, 24))
		rarely[fuzz_below(&c->random, 3)](c);
	else
		often[fuzz_below(&c->random, 6)](c);
}

/* Some at once and then none for a while, so that some reads see no change. */
static _Noreturn void change_for_ever(struct change *c)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c->file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	brk((char *)sbrk(0) + 16 * PAGE);
	for (;;) {
		for (uint64_t burst = fuzz_below(&c->random, 64); burst; burst--)
			change(c);
		usleep((useconds_t)fuzz_below(&c->random, 2000));
	}
}

uint64_t fuzz_target_reserve(void)
{
	void *room =
		mmap(NULL, FUZZ_TARGET_PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return room == MAP_FAILED ? 0 : (uintptr_t)room;
}

pid_t fuzz_target_start(uint64_t at, uint64_t seed)
{
	struct change c = { .random = { seed }, .room = (char *)(uintptr_t)at };
	pid_t pid = fork();

	if (pid == 0)
		change_for_ever(&c);
	return pid;
}
